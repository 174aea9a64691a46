package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.introspection.ServerAvailability.Status;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Derives the status of a server with two endpoints from requests and probes. */
@Timeout(120)
class ServerAvailabilityTest {

  private static final VerificationResult RESPONSE =
      new VerificationResult.Inactive(Reason.INACTIVE, "-");
  private static final VerificationResult TIMEOUT = failure(Reason.AS_TIMEOUT);

  private static VerificationResult failure(Reason reason) {
    return VerificationResult.Unavailable.because(reason, "-");
  }

  /** Returns the same result for every request. */
  private static final class ScriptedEndpoint implements TokenIntrospection {

    private final AtomicInteger requests = new AtomicInteger();
    private volatile VerificationResult result = RESPONSE;

    @Override
    public VerificationResult introspect(BearerToken token, Deadline deadline) {
      requests.incrementAndGet();
      return result;
    }

    @Override
    public String toString() {
      return "endpoint";
    }
  }

  @RegisterExtension final LogWatch log = new LogWatch();

  @AutoClose private final ProbeExecutor executor = new ProbeExecutor();

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final ScriptedEndpoint one = new ScriptedEndpoint();
  private final ScriptedEndpoint two = new ScriptedEndpoint();
  private final ServerAvailability availability =
      new ServerAvailability(
          List.of(one, two),
          new CircuitBreakerSettings(Duration.ofSeconds(5), Duration.ofSeconds(5)),
          executor,
          clock);

  private Status status() {
    return availability.report().status();
  }

  private void awaitStatus(Status expected) {
    Await.until(expected + " instead of " + status(), () -> status() == expected);
  }

  private void call(VerificationResult result) {
    assertThat(availability.track(() -> result)).isSameAs(result);
  }

  private void awaitProbesOfBoth(int count) {
    Await.until(
        count + " probes", () -> one.requests.get() == count && two.requests.get() == count);
  }

  @Test
  void theStatusIsUnknownUntilTheFirstResult() {
    assertThat(status()).isEqualTo(Status.UNKNOWN);
    call(failure(Reason.INTERRUPTED));
    assertThat(status()).isEqualTo(Status.UNKNOWN);
    call(RESPONSE);
    assertThat(status()).isEqualTo(Status.UP);
  }

  @Test
  void endpointsAreProbedOnlyWhenTheStatusIsOutOfDate() {
    call(RESPONSE);
    clock.advance(Duration.ofMillis(9_999));
    availability.probeIfOutdated();
    assertThat(one.requests).hasValue(0);

    clock.advance(Duration.ofMillis(1));
    availability.probeIfOutdated();
    awaitProbesOfBoth(1);
  }

  @Test
  void theServerIsUpIfOneEndpointRespondsToItsProbe() {
    one.result = TIMEOUT;
    availability.probeIfOutdated();

    awaitStatus(Status.UP);
    awaitProbesOfBoth(1);
    assertThat(availability.report().reason()).isNull();
  }

  @Test
  void theServerIsDownWhenAllProbesFailAndUpWhenOneSucceeds() {
    one.result = TIMEOUT;
    two.result = TIMEOUT;
    availability.probeIfOutdated();
    awaitStatus(Status.DOWN);
    assertThat(availability.report().reason()).isEqualTo("as_timeout");

    two.result = RESPONSE;
    clock.advance(Duration.ofSeconds(1));
    availability.probeIfOutdated();
    awaitStatus(Status.UP);
    assertThat(availability.report().since()).isEqualTo(clock.instant());
  }

  @Test
  void failuresOfCallersAloneDegradeTheServer() {
    for (int i = 0; i < 100; i++) {
      call(TIMEOUT);
    }
    assertThat(status()).isEqualTo(Status.DEGRADED);
    assertThat(availability.report().reason()).isEqualTo("as_timeout");
    call(failure(Reason.AS_NOT_ASKED));
    assertThat(availability.report().reason()).isEqualTo("as_timeout");
  }

  @Test
  void aResponseToACallerOutweighsFailedProbes() {
    one.result = TIMEOUT;
    two.result = TIMEOUT;
    availability.probeIfOutdated();
    awaitStatus(Status.DOWN);

    call(RESPONSE);
    assertThat(status()).isEqualTo(Status.UP);
    call(TIMEOUT);
    assertThat(status()).isEqualTo(Status.DEGRADED);
  }

  @Test
  void theServerIsDegradedWhileOneCircuitBreakerIsOpen() {
    log.announce("circuit breaker open for PT5S: endpoint, cause as_answer");
    availability.endpoints().get(0).sendProbe(); // succeeds, so a bad response is conclusive
    one.result = failure(Reason.AS_ANSWER);
    for (int i = 0; i < 5; i++) {
      availability
          .endpoints()
          .get(0)
          .introspect(BearerToken.random(), Deadline.in(Duration.ofSeconds(5)));
    }
    Await.until("open", () -> !log.messages("WARN").isEmpty());
    assertThat(availability.endpoints().get(0).isClosed()).isFalse();
    call(RESPONSE);

    assertThat(status()).isEqualTo(Status.DEGRADED);
  }

  @Test
  void aSuccessfulProbeMakesTheServerResponsive() {
    assertThat(
            availability.track(
                () -> {
                  clock.advance(Duration.ofMillis(1_001));
                  assertThat(availability.isUnresponsive()).isTrue();
                  return TIMEOUT;
                }))
        .isSameAs(TIMEOUT);
    assertThat(availability.isUnresponsive()).isTrue();

    availability.probeIfOutdated();
    Await.until("responsive", () -> !availability.isUnresponsive());
  }
}
