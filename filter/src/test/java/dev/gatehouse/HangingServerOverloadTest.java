package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.SuspendableServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * With default settings, an authorization server that hangs does not take a container's threads
 * with it, however few there are.
 */
@Tag("overload")
class HangingServerOverloadTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  private final CallerServlet servlet = new CallerServlet();

  @BeforeEach
  void announce() {
    log.announce("introspections hang");
    log.announce("reason=as_timeout");
    log.announce("reason=busy");
  }

  @ParameterizedTest
  @EnumSource
  void cachedTokensAndMetadataAreServedWhileSomeTokensHang(Container container) throws Exception {
    assumeTrue(container.isAvailable());
    try (HangingTokens tokens = new HangingTokens();
        var server = container.start(servlet, tokens.filter(), directory)) {
      HangingCallers callers = new HangingCallers(server.port());
      List<Duration> longest = callers.measure(tokens::hang);
      if (container.threads >= 16) {
        assertThat(tokens.admittedAmongHundred(callers)).isGreaterThanOrEqualTo(90);
      }
      callers.stop();

      callers.assertAnsweredInTime(longest);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerThatWasSuspendedIsUsedAgainAtOnce(Container container) throws Exception {
    assumeTrue(container.isAvailable());
    try (SuspendableServer process = SuspendableServer.start();
        var server =
            container.start(
                servlet, HangingTokens.filter(process.introspectionEndpoint()), directory)) {
      HangingCallers callers = new HangingCallers(server.port());
      List<String> hanging = new ArrayList<>();
      List<Duration> longest =
          callers.measure(
              token -> {
                hanging.add(token);
                process.suspend();
              });
      callers.stop();
      process.resume();

      callers.assertAnsweredInTime(longest);
      assertThat(callers.status(Secrets.token())).isEqualTo(200);
      assertThat(callers.status(hanging.get(0))).isEqualTo(200);
    }
  }
}
