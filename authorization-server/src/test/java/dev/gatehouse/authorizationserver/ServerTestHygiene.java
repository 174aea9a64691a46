package dev.gatehouse.authorizationserver;

import dev.gatehouse.testing.TestHygiene;
import java.time.Duration;
import java.util.regex.Pattern;

/** Registered for all tests of this module, by {@code META-INF/services}. */
public final class ServerTestHygiene extends TestHygiene {

  /** Tokens, codes and cookies are 256 random bits in base64url; passwords are {@code X-secret}. */
  private static final Pattern SECRET =
      Pattern.compile(
          "(?<![\\w-])[\\w-]{43}(?![\\w-])|(client|notes|maps|bearer|web|alice|bob)-secret");

  public ServerTestHygiene() {
    super(Duration.ofSeconds(20));
  }

  @Override
  protected boolean containsSecret(String text) {
    return SECRET.matcher(text).find();
  }

  /**
   * Threads that end when they have been idle for a while: those of the fetcher, and the one that
   * opens a pool's connections. A pool that is left open has others.
   */
  @Override
  protected boolean isExempt(String threadName) {
    return threadName.equals("gatehouse-document-fetcher")
        || threadName.endsWith(":connection-adder");
  }
}
