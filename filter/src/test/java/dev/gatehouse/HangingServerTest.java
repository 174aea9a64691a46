package dev.gatehouse;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * With default settings, an authorization server that hangs does not take a container's threads
 * with it. {@link HangingServerOverloadTest} tests this on other containers.
 */
class HangingServerTest {

  /** As few threads as WildFly has on two cores. */
  private static final Container CONTAINER = Container.UNDERTOW_16;

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  private final CallerServlet servlet = new CallerServlet();
  private HangingTokens tokens;

  @BeforeEach
  void start() throws IOException {
    tokens = new HangingTokens();
    log.announce("introspections hang");
    log.announce("reason=as_timeout");
  }

  @AfterEach
  void stop() {
    tokens.close();
  }

  @Test
  void cachedTokensAndMetadataAreServedWhileSomeTokensHang() throws Exception {
    log.announce("reason=busy");
    try (var server = CONTAINER.start(servlet, tokens.filter(), directory)) {
      HangingCallers callers = new HangingCallers(server.port());
      List<Duration> longest = callers.measure(tokens::hang);
      int admitted = tokens.admittedAmongHundred(callers);
      callers.stop();

      callers.assertAnsweredInTime(longest);
      assertThat(admitted).isGreaterThanOrEqualTo(90);
    }
  }

  /** All but one of them wait for the introspection of another caller. */
  @Test
  void cachedTokensAreServedWhileOneTokenOfAllCallersHangs() throws Exception {
    log.announce("reason=busy");
    String shared = Secrets.token();
    try (var server = CONTAINER.start(servlet, tokens.filter(), directory)) {
      HangingCallers callers = new HangingCallers(server.port(), () -> shared);
      List<Duration> longest = callers.measure(tokens::hang);
      callers.stop();

      callers.assertAnsweredInTime(longest);
    }
  }

  @Test
  void aServerThatHangsForAllTokensIsUsedAgainAtOnce() throws Exception {
    log.announce("reason=busy");
    try (var server = CONTAINER.start(servlet, tokens.filter(), directory)) {
      HangingCallers callers = new HangingCallers(server.port());
      List<Duration> longest =
          callers.measure(
              token -> {
                tokens.hang(token);
                tokens.hangAll();
              });
      callers.stop();
      tokens.recover();

      callers.assertAnsweredInTime(longest);
      assertThat(callers.status(Secrets.token())).isEqualTo(200);
      assertThat(callers.status(tokens.any())).isEqualTo(200);
    }
  }

  /** Such as a collection of garbage. */
  @Test
  void aPauseOfAlmostASecondRefusesNobodyAndALongerOneAllButOne() throws Exception {
    ManualClock clock = new ManualClock(ManualClock.NOW);
    McpAuthFilter filter =
        new McpAuthFilter(
            HangingTokens.settings(tokens.server.introspectionEndpoint()).build(), clock);
    try (var server = Container.JETTY_64.start(servlet, filter, directory)) {
      HangingCallers callers = new HangingCallers(server.port());
      HeldResponse pause = new HeldResponse(HangingTokens.ACTIVE);
      tokens.server.introspection(pause);
      List<CompletableFuture<Integer>> paused = callers.callInBackground(20);
      pause.awaitRequests(20);
      clock.advance(Duration.ofMillis(999));
      pause.release();
      for (CompletableFuture<Integer> each : paused) {
        assertThat(each.get(60, SECONDS)).isEqualTo(200);
      }

      tokens.server.introspection(HangingTokens.ACTIVE);
      for (int i = 0; i < 20; i++) { // the usual time is short again
        assertThat(callers.status(Secrets.token())).isEqualTo(200);
      }
      tokens.server.introspection(tokens.held);
      List<CompletableFuture<Integer>> stalled = callers.callInBackground(20);
      tokens.held.awaitRequests(20);
      clock.advance(Duration.ofSeconds(1));
      Await.until(
          "all but one are refused",
          () -> stalled.stream().filter(CompletableFuture::isDone).count() == 19);
      tokens.held.release();

      List<Integer> statuses = new ArrayList<>();
      for (CompletableFuture<Integer> each : stalled) {
        statuses.add(each.get(60, SECONDS));
      }
      assertThat(statuses).containsOnly(503, 200).containsOnlyOnce(200);
    }
  }
}
