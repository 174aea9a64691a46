package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.Verdict.Unavailable;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A token at which the authorization server, or a firewall in front of it, cuts the connection or
 * hangs does not open the circuit breaker; a server that does so for any token opens it.
 */
@Timeout(120)
class OddTokenTest {

  /** A firewall may take exception to this, and all of it is legal in a token. */
  private static final String ODD = Secrets.MARKER + "/../../etc/passwd";

  private static final Duration LONG = Duration.ofMinutes(5);

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ProbeExecutor probes = new ProbeExecutor();
  private final Semaphore odd = new Semaphore(0);
  private final Semaphore good = new Semaphore(0);
  private FakeAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
  }

  @AfterEach
  void stop() {
    probes.close();
    threads.shutdownNow();
    as.close();
  }

  private Settings settings(String endpoint, Duration requestTimeout, int places) {
    return Settings.builder()
        .resource("https://mcp.example/mcp")
        .introspectionEndpoint(endpoint)
        .clientAuthMethod("none")
        .connectTimeout(Duration.ofMillis(300))
        .requestTimeout(requestTimeout)
        .maxConcurrentIntrospections(places)
        .build();
  }

  private Introspector introspector(Settings settings, BoundedHttpClient http) {
    return Steps.introspector(
        settings.servers.get(0), settings, http, probes, new TurnedClock(GuardedServer.NOW));
  }

  private static EndpointCircuitBreaker breaker(Introspector introspector) {
    return introspector.availability().endpoints().get(0);
  }

  /** Answers any other token well. */
  private void takeExceptionBy(Behaviour how) {
    Behaviour active = json(200, "{\"active\":true}");
    as.introspections(
        question ->
            exchange -> {
              if (question.parameter("token").startsWith(ODD)) {
                odd.release();
                how.answer(exchange);
              } else {
                active.answer(exchange);
                good.release();
              }
            });
  }

  private static Verdict ask(Introspector introspector, String token) {
    return introspector.introspect(new BearerToken(token));
  }

  private static void assertOpenToOthers(Introspector introspector) {
    for (int i = 0; i < 5; i++) {
      assertThat(breaker(introspector).isClosed()).isTrue();
      assertThat(introspector.availability().report().status())
          .isNotEqualTo(ServerAvailability.Status.DOWN);
      assertThat(ask(introspector, Secrets.token())).isInstanceOf(Verdict.Active.class);
    }
  }

  @Test
  void aTokenAtWhichConnectionsBreakDoesNotOpenIt() {
    takeExceptionBy(HttpExchange::close);
    Settings settings = settings(as.introspectionEndpoint(), LONG, 64);
    try (var http = new BoundedHttpClient(settings);
        probes) {
      Introspector introspector = introspector(settings, http);
      for (int i = 0; i < 30; i++) {
        assertThat(((Unavailable) ask(introspector, ODD + i)).reason())
            .isEqualTo(Reason.AS_UNREACHABLE);
        assertThat(breaker(introspector).isClosed()).isTrue();
      }
      assertOpenToOthers(introspector);
    }
  }

  /** All of their time is gone when the callers know, so that nothing more can be asked by it. */
  @Test
  void manyCallersWhoseTokensHangDoNotOpenIt() throws Exception {
    takeExceptionBy(BadAnswers::hang);
    Settings settings = settings(as.introspectionEndpoint(), Duration.ofSeconds(3), 64);
    try (var http = new BoundedHttpClient(settings);
        probes) {
      Introspector introspector = introspector(settings, http);
      Callable<Verdict> asking = () -> ask(introspector, ODD);
      for (Future<Verdict> each : threads.invokeAll(Collections.nCopies(10, asking))) {
        assertThat(((Unavailable) each.get()).reason()).isEqualTo(Reason.AS_TIMEOUT);
      }
      assertThat(breaker(introspector).isClosed()).isTrue();
      good.acquire(); // the probe, beside the callers
      assertOpenToOthers(introspector);
    }
  }

  @Test
  void aServerThatHangsForAnyTokenOpensIt() {
    log.announce("circuit breaker open for PT5S: ");
    log.announce("cause as_timeout");
    as.introspection(BadAnswers::hang);
    Settings settings = settings(as.introspectionEndpoint(), Duration.ofMillis(200), 64);
    try (var http = new BoundedHttpClient(settings);
        probes) {
      Introspector introspector = introspector(settings, http);
      Reason reason;
      do {
        reason = ((Unavailable) ask(introspector, Secrets.token())).reason();
        assertThat(reason).isIn(Reason.AS_TIMEOUT, Reason.AS_NOT_ASKED);
      } while (reason != Reason.AS_NOT_ASKED);
      Await.until("logged", () -> log.messages("WARN").stream().anyMatch(m -> m.contains("open")));
      assertThat(breaker(introspector).state()).isInstanceOf(OpenState.class);
    }
  }

  @Test
  void theProbeIsSentHoweverManyCallersHang() throws Exception {
    takeExceptionBy(BadAnswers::hang);
    Settings settings = settings(as.introspectionEndpoint(), LONG, 2);
    try (var http = new BoundedHttpClient(settings);
        probes) {
      Introspector introspector = introspector(settings, http);
      List<Future<Verdict>> hanging =
          List.of(
              threads.submit(() -> ask(introspector, ODD)),
              threads.submit(() -> ask(introspector, ODD)));
      odd.acquire(2);

      introspector.availability().probeIfOutOfDate();

      Await.until(
          "up",
          () -> introspector.availability().report().status() == ServerAvailability.Status.UP);
      assertThat(hanging).noneMatch(Future::isDone);
    }
  }

  /** What fails before the token has been sent is nobody's token's fault: no need to ask. */
  @Test
  void aConnectionThatDoesNotComeAboutIsToldFromOneThatIsCutOff() throws Exception {
    as.introspection(HttpExchange::close);
    assertThat(failure(as.introspectionEndpoint()).unsent()).isFalse();
    as.close();
    assertThat(failure(as.introspectionEndpoint()).unsent()).as("refused").isTrue();
    assertThat(failure("https://nowhere.invalid/introspect").unsent()).as("unknown").isTrue();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket one = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket two = new Socket(full.getInetAddress(), full.getLocalPort())) {
      assertThat(List.of(one, two)).allMatch(Socket::isConnected); // and nobody accepts them
      assertThat(failure("http://127.0.0.1:" + full.getLocalPort() + "/introspect").unsent())
          .as("no answer to connecting")
          .isTrue();
    }
  }

  private Unavailable failure(String endpoint) {
    Settings settings = settings(endpoint, LONG, 64);
    try (var http = new BoundedHttpClient(settings);
        probes) {
      return (Unavailable) breaker(introspector(settings, http)).probe().send();
    }
  }
}
