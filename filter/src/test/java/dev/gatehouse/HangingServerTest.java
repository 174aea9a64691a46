package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * With default settings, an authorization server that hangs does not take a container's threads
 * with it, however few there are.
 */
class HangingServerTest {

  private static final Logger LOG = LoggerFactory.getLogger(HangingServerTest.class);

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

  /** What a slow machine may take; far less than callers that hang one after the other. */
  private static final Duration TOO_LONG = REQUEST_TIMEOUT.multipliedBy(2);

  private static final Behaviour ACTIVE =
      json(200, "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"}");

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  private final CallerServlet servlet = new CallerServlet();
  private final Set<String> hanging = ConcurrentHashMap.newKeySet();
  private final HeldResponse held = new HeldResponse(ACTIVE);
  private FakeAuthorizationServer as;
  private volatile boolean everythingHangs;

  @BeforeEach
  void start() throws IOException {
    as = new FakeAuthorizationServer();
    as.introspectionResponses(
        request -> everythingHangs || hanging.contains(request.parameter("token")) ? held : ACTIVE);
    log.announce("introspections hang");
    log.announce("reason=as_timeout");
  }

  @AfterEach
  void stop() {
    held.release();
    as.close();
  }

  private SettingsBuilder settings() {
    return TestSettings.builder()
        .resource("https://mcp.example/mcp")
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientAuthMethod("none");
  }

  private McpAuthFilter filter() {
    return new McpAuthFilter(
        settings().requestTimeout(REQUEST_TIMEOUT).breakerWait(Duration.ZERO).build());
  }

  @ParameterizedTest
  @EnumSource
  void cachedTokensAndMetadataAreServedWhileSomeTokensHang(Container container) throws Exception {
    log.announce("reason=busy");
    try (var server = container.start(servlet, filter(), directory)) {
      HangingCallers callers = new HangingCallers(server.port());
      List<Duration> longest = callers.measure(this::hang);
      int admitted = container.threads < 16 ? 0 : admittedAmongHundred(callers);
      callers.stop();

      report(container, "some tokens", longest, callers, admitted);
      assertThat(longest).allMatch(each -> each.compareTo(TOO_LONG) < 0);
      assertThat(callers.longest()).isLessThan(TOO_LONG);
      assertThat(admitted).isGreaterThanOrEqualTo(container.threads < 16 ? 0 : 90);
    }
  }

  /** All but one of them wait for the introspection of another caller. */
  @ParameterizedTest
  @EnumSource(names = "UNDERTOW_16")
  void cachedTokensAreServedWhileOneTokenOfAllCallersHangs(Container container) throws Exception {
    log.announce("reason=busy");
    String shared = Secrets.token();
    try (var server = container.start(servlet, filter(), directory)) {
      HangingCallers callers = new HangingCallers(server.port(), () -> shared);
      List<Duration> longest = callers.measure(this::hang);
      callers.stop();

      report(container, "one token", longest, callers, 0);
      assertThat(longest).allMatch(each -> each.compareTo(TOO_LONG) < 0);
      assertThat(callers.longest()).isLessThan(TOO_LONG);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aServerThatHangsForAllTokensIsUsedAgainAtOnce(Container container) throws Exception {
    log.announce("reason=busy");
    try (var server = container.start(servlet, filter(), directory)) {
      HangingCallers callers = new HangingCallers(server.port());
      List<Duration> longest =
          callers.measure(
              token -> {
                hang(token);
                everythingHangs = true;
              });
      callers.stop();
      everythingHangs = false;
      held.release();

      report(container, "all tokens", longest, callers, 0);
      assertThat(longest).allMatch(each -> each.compareTo(TOO_LONG) < 0);
      assertThat(callers.longest()).isLessThan(TOO_LONG);
      assertThat(callers.status(Secrets.token())).isEqualTo(200);
      assertThat(callers.status(hanging.iterator().next())).isEqualTo(200);
    }
  }

  /** How many fresh tokens are admitted, once each hanging one is known to hang. */
  private int admittedAmongHundred(HangingCallers callers) throws Exception {
    Await.until("each hanging token has been introspected", this::eachHangingTokenWasSent);
    int admitted = 0;
    for (int i = 0; i < 100; i++) {
      admitted += callers.status(Secrets.token()) == 200 ? 1 : 0;
    }
    return admitted;
  }

  private boolean eachHangingTokenWasSent() {
    Set<String> sent = new HashSet<>();
    as.introspectionRequests().forEach(request -> sent.add(request.parameter("token")));
    return sent.containsAll(hanging);
  }

  private void hang(String token) {
    hanging.add(token);
  }

  private static void report(
      Container container,
      String what,
      List<Duration> longest,
      HangingCallers callers,
      int admitted) {
    LOG.info( // is printed if the test fails
        "{}, {} hang: onset {} ms, afterwards {} ms, hanging callers {} ms, fresh {}",
        container,
        what,
        longest.get(0).toMillis(),
        longest.get(1).toMillis(),
        callers.longest().toMillis(),
        admitted);
  }

  /** Such as a collection of garbage. */
  @Test
  void aPauseOfAlmostASecondRefusesNobodyAndALongerOneAllButOne() throws Exception {
    ManualClock clock = new ManualClock(ManualClock.NOW);
    McpAuthFilter filter = new McpAuthFilter(settings().build(), clock);
    try (var server = Container.JETTY_64.start(servlet, filter, directory)) {
      HangingCallers callers = new HangingCallers(server.port());
      HeldResponse pause = new HeldResponse(ACTIVE);
      as.introspection(pause);
      List<CompletableFuture<Integer>> paused = callers.callInBackground(20);
      pause.awaitRequests(20);
      clock.advance(Duration.ofMillis(999));
      pause.release();
      for (CompletableFuture<Integer> each : paused) {
        assertThat(each.get(60, SECONDS)).isEqualTo(200);
      }

      as.introspection(ACTIVE);
      for (int i = 0; i < 20; i++) { // the usual time is short again
        assertThat(callers.status(Secrets.token())).isEqualTo(200);
      }
      as.introspection(held);
      List<CompletableFuture<Integer>> stalled = callers.callInBackground(20);
      held.awaitRequests(20);
      clock.advance(Duration.ofSeconds(1));
      Await.until(
          "all but one are refused",
          () -> stalled.stream().filter(CompletableFuture::isDone).count() == 19);
      held.release();

      List<Integer> statuses = new ArrayList<>();
      for (CompletableFuture<Integer> each : stalled) {
        statuses.add(each.get(60, SECONDS));
      }
      assertThat(statuses).containsOnly(503, 200).containsOnlyOnce(200);
    }
  }
}
