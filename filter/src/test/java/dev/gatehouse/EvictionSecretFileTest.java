package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Reloading the eviction secret, and the limit on reads that wrong secrets cause. */
class EvictionSecretFileTest {

  private static final String OLD = Secrets.MARKER + "-old-eviction-secret-0123456789";
  private static final String NEW = Secrets.MARKER + "-new-eviction-secret-0123456789";
  private static final String WRONG = Secrets.MARKER + "-wrong-eviction-secret-012345678";

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private Path file;
  private ProtectedServer server;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    log.announce("eviction refused: status=401");
    file = Files.writeString(directory.resolve("secret"), OLD);
    server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
                  ProtectedServer.addFilter(
                      context, "gatehouse", new McpAuthFilter(settings(origin), clock), "mcp");
                  context
                      .getFilterRegistration("gatehouse")
                      .addMappingForUrlPatterns(
                          EnumSet.of(DispatcherType.REQUEST), false, "/evict");
                });
  }

  private Settings settings(String origin) {
    return Settings.builder()
        .selfTest(false)
        .resource(origin + "/mcp")
        .introspectionEndpoint("https://as.example/introspect")
        .clientAuthMethod("none")
        .evictionPath("/evict")
        .set("eviction-secret-file", file.toString())
        .build();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private int evictAll(String secret) throws IOException {
    return RawClient.send(
            server.port(),
            "POST /evict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer "
                + secret
                + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: 8\r\n\r\nall=true")
        .status();
  }

  @Test
  void theOldSecretIsRefusedAtOnce() throws Exception {
    assertThat(evictAll(OLD)).isEqualTo(204);
    Files.writeString(file, NEW);

    assertThat(evictAll(OLD)).isEqualTo(401);
    assertThat(evictAll(NEW)).isEqualTo(204);
  }

  @Test
  void theNewSecretIsAcceptedAtOnceAfterManyUsesOfTheOldOne() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(evictAll(OLD)).isEqualTo(204);
    }
    Files.writeString(file, NEW);

    assertThat(evictAll(NEW)).isEqualTo(204);
    assertThat(evictAll(OLD)).isEqualTo(401);
  }

  /** Whether the new secret is accepted shows whether the file has been read. */
  @Test
  void wrongSecretsCauseAtMostOneReadASecond() throws Exception {
    assertThat(evictAll(WRONG)).isEqualTo(401);
    Files.writeString(file, NEW);

    clock.advance(Duration.ofMillis(999));
    assertThat(evictAll(NEW)).isEqualTo(401);
    clock.advance(Duration.ofMillis(1));
    assertThat(evictAll(NEW)).isEqualTo(204);
    assertThat(evictAll(OLD)).isEqualTo(401);
  }
}
