package dev.gatehouse.demo;

import dev.gatehouse.testing.TestHygiene;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Checks after each test that the log contains no secret; {@code META-INF/services} registers it.
 */
public final class DemoTestHygiene extends TestHygiene {

  // Tokens and codes of the embedded authorization server are 256 random bits in base64url.
  // So are the ids of self-registered clients, which the log may contain.
  private static final Pattern SECRET =
      Pattern.compile(
          "(?<!\\bclient=\"?)(?<![\\w-])[\\w-]{43}(?![\\w-])|s3cr3t|(alice|bob)-secret|"
              + Pattern.quote(EmbeddedAuthorizationServer.CLIENT_SECRET)
              + "|"
              + Pattern.quote(EmbeddedAuthorizationServer.RESOURCE_SERVER_SECRET));

  public DemoTestHygiene() {
    super(Duration.ofSeconds(20));
  }

  @Override
  protected boolean containsSecret(String text) {
    return SECRET.matcher(text).find();
  }
}
