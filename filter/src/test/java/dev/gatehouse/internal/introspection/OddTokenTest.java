package dev.gatehouse.internal.introspection;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
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
 * A token for which the authorization server, or a firewall in front of it, closes the connection
 * or hangs does not open the circuit breaker; a server that does so for any token opens it.
 */
@Timeout(120)
class OddTokenTest {

  /** A firewall may block this path, but all its characters are allowed in a token. */
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

  private static BoundedHttpClient client(Duration requestTimeout, int callers) {
    return Introspectors.client(Duration.ofMillis(300), requestTimeout, callers);
  }

  private Introspector introspector(
      String endpoint, Duration requestTimeout, BoundedHttpClient http) {
    return Introspectors.at(
        endpoint,
        new CircuitBreakerSettings(Duration.ofSeconds(5), requestTimeout),
        http,
        probes,
        new ManualClock(ManualClock.NOW));
  }

  private static EndpointCircuitBreaker breaker(Introspector introspector) {
    return introspector.availability().endpoints().get(0);
  }

  /** Behaves badly for odd tokens only; any other token is active. */
  private void misbehaveForOddTokens(Behaviour bad) {
    Behaviour active = json(200, "{\"active\":true}");
    as.introspectionResponses(
        request ->
            exchange -> {
              if (request.parameter("token").startsWith(ODD)) {
                odd.release();
                bad.respond(exchange);
              } else {
                active.respond(exchange);
                good.release();
              }
            });
  }

  private static VerificationResult introspect(Introspector introspector, String token) {
    return introspector.introspect(new BearerToken(token));
  }

  private static void assertOtherTokensAreActive(Introspector introspector) {
    for (int i = 0; i < 5; i++) {
      assertThat(breaker(introspector).isClosed()).isTrue();
      assertThat(introspector.availability().report().status())
          .isNotEqualTo(ServerAvailability.Status.DOWN);
      assertThat(introspect(introspector, Secrets.token()))
          .isInstanceOf(VerificationResult.Active.class);
    }
  }

  @Test
  void aTokenForWhichTheServerClosesTheConnectionDoesNotOpenTheBreaker() {
    misbehaveForOddTokens(HttpExchange::close);
    Duration requestTimeout = LONG;
    try (var http = client(requestTimeout, 64);
        probes) {
      Introspector introspector = introspector(as.introspectionEndpoint(), requestTimeout, http);
      for (int i = 0; i < 30; i++) {
        assertThat(((Unavailable) introspect(introspector, ODD + i)).reason())
            .isEqualTo(Reason.AS_UNREACHABLE);
        assertThat(breaker(introspector).isClosed()).isTrue();
      }
      assertOtherTokensAreActive(introspector);
    }
  }

  /** The callers have no time left for a probe of their own when their requests time out. */
  @Test
  void manyCallersWhoseRequestsHangDoNotOpenTheBreaker() throws Exception {
    misbehaveForOddTokens(BadResponses::hang);
    Duration requestTimeout = Duration.ofSeconds(3);
    try (var http = client(requestTimeout, 64);
        probes) {
      Introspector introspector = introspector(as.introspectionEndpoint(), requestTimeout, http);
      Callable<VerificationResult> call = () -> introspect(introspector, ODD);
      for (Future<VerificationResult> each : threads.invokeAll(Collections.nCopies(10, call))) {
        assertThat(((Unavailable) each.get()).reason()).isEqualTo(Reason.AS_TIMEOUT);
      }
      assertThat(breaker(introspector).isClosed()).isTrue();
      good.acquire(); // the probe, which is sent in parallel
      assertOtherTokensAreActive(introspector);
    }
  }

  @Test
  void aServerThatHangsForAnyTokenOpensTheBreaker() {
    log.announce("circuit breaker open for PT5S: ");
    log.announce("cause as_timeout");
    as.introspection(BadResponses::hang);
    Duration requestTimeout = Duration.ofMillis(200);
    try (var http = client(requestTimeout, 64);
        probes) {
      Introspector introspector = introspector(as.introspectionEndpoint(), requestTimeout, http);
      Reason reason;
      do {
        reason = ((Unavailable) introspect(introspector, Secrets.token())).reason();
        assertThat(reason).isIn(Reason.AS_TIMEOUT, Reason.AS_NOT_ASKED);
      } while (reason != Reason.AS_NOT_ASKED);
      Await.until("logged", () -> log.messages("WARN").stream().anyMatch(m -> m.contains("open")));
      assertThat(breaker(introspector).state()).isInstanceOf(OpenState.class);
    }
  }

  @Test
  void theProbeIsSentEvenIfAllCallersHang() throws Exception {
    misbehaveForOddTokens(BadResponses::hang);
    Duration requestTimeout = LONG;
    try (var http = client(requestTimeout, 2);
        probes) {
      Introspector introspector = introspector(as.introspectionEndpoint(), requestTimeout, http);
      List<Future<VerificationResult>> hanging =
          List.of(
              threads.submit(() -> introspect(introspector, ODD)),
              threads.submit(() -> introspect(introspector, ODD)));
      odd.acquire(2);

      introspector.availability().probeIfOutdated();

      Await.until(
          "up",
          () -> introspector.availability().report().status() == ServerAvailability.Status.UP);
      assertThat(hanging).noneMatch(Future::isDone);
    }
  }
}
