package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.introspection.CallOutcome.Cause;
import dev.gatehouse.internal.introspection.CallOutcome.Failed;
import dev.gatehouse.internal.introspection.CallOutcome.Interrupted;
import dev.gatehouse.internal.introspection.CallOutcome.PauseRequested;
import dev.gatehouse.internal.introspection.CallOutcome.Succeeded;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The transitions of each state of a circuit breaker. */
class CircuitStateTest {

  private static final Instant NOW = ManualClock.NOW;
  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final CircuitBreakerSettings SETTINGS =
      new CircuitBreakerSettings(WAIT, Duration.ofSeconds(20));
  private static final CircuitBreakerSettings ZERO =
      new CircuitBreakerSettings(Duration.ZERO, Duration.ofSeconds(20));

  private static final Cause FIRST = new Cause("as_timeout", true);
  private static final Cause OTHER = new Cause("as_answer", false);
  private static final CallOutcome SUCCEEDED = new Succeeded();
  private static final CallOutcome FAILED = new Failed(OTHER);
  private static final CallOutcome INTERRUPTED = new Interrupted();

  private static CallOutcome pause(long seconds) {
    return new PauseRequested(Duration.ofSeconds(seconds), OTHER);
  }

  private static OpenState open(long seconds, CircuitBreakerSettings settings) {
    return new OpenState(NOW.plusSeconds(seconds), OTHER, settings);
  }

  private static ClosedState closedAfter(CircuitBreakerSettings settings, String calls) {
    ClosedState state = new ClosedState(settings);
    for (int i = 0; i < calls.length(); i++) {
      CallOutcome outcome = calls.charAt(i) == '+' ? SUCCEEDED : FAILED;
      assertThat(state.afterCall(outcome, NOW)).isSameAs(state);
    }
    return state;
  }

  private static boolean isSuspected(String calls) {
    return closedAfter(SETTINGS, calls).needsProbe(NOW);
  }

  @Nested
  class Closed {

    @Test
    void refusesNoCall() {
      assertThat(closedAfter(SETTINGS, "----------").refusal(NOW)).isEmpty();
      assertThat(new ClosedState(SETTINGS).code()).isZero();
    }

    @Test
    void fourFailuresRaiseNoSuspicionAndFiveDo() {
      assertThat(isSuspected("----")).isFalse();
      assertThat(isSuspected("-----")).isTrue();
    }

    @Test
    void aSuspicionNeedsFailuresInHalfOfTheCalls() {
      assertThat(isSuspected("+++--")).isFalse();
      assertThat(isSuspected("+++---")).isTrue();
      assertThat(isSuspected("+++++----")).isFalse();
      assertThat(isSuspected("+++++-----")).isTrue();
    }

    @Test
    void onlyTheLatestTenCallsCount() {
      assertThat(isSuspected("+".repeat(1_000) + "----")).isFalse();
      assertThat(isSuspected("+".repeat(1_000) + "-----")).isTrue();
      assertThat(isSuspected("-".repeat(1_000) + "+++++")).isTrue();
      assertThat(isSuspected("-".repeat(1_000) + "++++++")).isFalse();
    }

    @Test
    void anInterruptedCallOrProbeDoesNotCount() {
      ClosedState state = closedAfter(SETTINGS, "----");
      for (int i = 0; i < 10; i++) {
        assertThat(state.afterCall(INTERRUPTED, NOW)).isSameAs(state);
        assertThat(state.afterProbe(INTERRUPTED, NOW)).isSameAs(state);
      }
      assertThat(state.needsProbe(NOW)).isFalse();
    }

    @Test
    void aSuccessfulProbeClearsASuspicion() {
      ClosedState suspected = closedAfter(SETTINGS, "-----");
      CircuitState cleared = suspected.afterProbe(SUCCEEDED, NOW);

      assertThat(cleared).isInstanceOf(ClosedState.class).isNotSameAs(suspected);
      assertThat(cleared.needsProbe(NOW)).isFalse();
    }

    @Test
    void aFailedProbeOpensItWhenThereIsASuspicion() {
      assertThat(closedAfter(SETTINGS, "-----").afterProbe(new Failed(FIRST), NOW))
          .isEqualTo(new OpenState(NOW.plus(WAIT), FIRST, SETTINGS));
    }

    @Test
    void withoutASuspicionAFailedProbeCountsAsOneFailureAndCanOpenIt() {
      ClosedState state = closedAfter(SETTINGS, "---");
      assertThat(state.afterProbe(FAILED, NOW)).isSameAs(state);

      assertThat(state.afterProbe(FAILED, NOW)).isEqualTo(open(5, SETTINGS));
    }

    @Test
    void withoutASuspicionASuccessfulProbeCountsAsOneSuccess() {
      ClosedState state = closedAfter(SETTINGS, "--++");
      assertThat(state.afterProbe(SUCCEEDED, NOW)).isSameAs(state);
      assertThat(state.needsProbe(NOW)).isFalse();
      assertThat(state.afterCall(FAILED, NOW).needsProbe(NOW)).isTrue();
    }

    @Test
    void withAWaitOfZeroFailuresRaiseNoSuspicion() {
      ClosedState state = closedAfter(ZERO, "----------");
      assertThat(state.needsProbe(NOW)).isFalse();
      assertThat(state.afterProbe(FAILED, NOW)).isSameAs(state);
    }

    @Test
    void aRequestedPauseOpensItImmediatelyEvenWithAWaitOfZero() {
      for (CircuitBreakerSettings settings : List.of(SETTINGS, ZERO)) {
        assertThat(new ClosedState(settings).afterCall(pause(60), NOW))
            .isEqualTo(open(60, settings));
        assertThat(new ClosedState(settings).afterProbe(pause(60), NOW))
            .isEqualTo(open(60, settings));
      }
    }
  }

  @Nested
  class Open {

    private final OpenState state = open(5, SETTINGS);

    @Test
    void refusesCallsWithTheRemainingTimeButAtLeastOneSecond() {
      assertThat(state.refusal(NOW)).contains(new CircuitState.Refusal(WAIT, OTHER));
      assertThat(state.refusal(NOW.plusMillis(4_500)).orElseThrow().retryAfter())
          .isEqualTo(Duration.ofSeconds(1));
      assertThat(state.refusal(NOW.plusSeconds(60)).orElseThrow().retryAfter())
          .isEqualTo(Duration.ofSeconds(1));
      assertThat(state.code()).isEqualTo(2);
    }

    @Test
    void needsAProbeWhenTheWaitIsOver() {
      assertThat(state.needsProbe(NOW.plusMillis(4_999))).isFalse();
      assertThat(state.needsProbe(NOW.plusMillis(5_000))).isTrue();
      assertThat(state.whileProbing()).isEqualTo(new HalfOpenState(OTHER, SETTINGS));
    }

    @Test
    void lateResultsChangeNothing() {
      for (CallOutcome late : List.of(SUCCEEDED, FAILED, INTERRUPTED)) {
        assertThat(state.afterCall(late, NOW)).isSameAs(state);
        assertThat(state.afterProbe(late, NOW)).isSameAs(state);
      }
    }

    @Test
    void anotherPauseCanExtendTheWaitButNotShortenIt() {
      assertThat(state.afterCall(pause(4), NOW)).isSameAs(state);
      assertThat(state.afterCall(pause(5), NOW)).isSameAs(state);
      assertThat(state.afterCall(pause(6), NOW)).isEqualTo(open(6, SETTINGS));
      assertThat(state.afterProbe(pause(6), NOW)).isEqualTo(open(6, SETTINGS));
    }
  }

  @Nested
  class HalfOpen {

    private final HalfOpenState state = new HalfOpenState(FIRST, SETTINGS);

    @Test
    void refusesCallsWithARetryAfterOfOneSecond() {
      assertThat(state.refusal(NOW))
          .contains(new CircuitState.Refusal(Duration.ofSeconds(1), FIRST));
      assertThat(state.code()).isEqualTo(1);
      assertThat(state.needsProbe(NOW)).isTrue();
      assertThat(state.whileProbing()).isSameAs(state);
    }

    @Test
    void aSuccessfulProbeClosesItAndResetsTheCount() {
      CircuitState closed = state.afterProbe(SUCCEEDED, NOW);
      for (int i = 0; i < 4; i++) {
        closed.afterCall(FAILED, NOW);
      }
      assertThat(closed).isInstanceOf(ClosedState.class);
      assertThat(closed.needsProbe(NOW)).isFalse();
    }

    @Test
    void aFailedProbeReopensItWithTheNewCause() {
      assertThat(state.afterProbe(FAILED, NOW)).isEqualTo(open(5, SETTINGS));
    }

    @Test
    void withAWaitOfZeroAFailedProbeClosesIt() {
      assertThat(new HalfOpenState(FIRST, ZERO).afterProbe(FAILED, NOW))
          .isInstanceOf(ClosedState.class);
    }

    @Test
    void aPauseRequestedFromTheProbeOrALateCallReopensIt() {
      assertThat(state.afterProbe(pause(60), NOW)).isEqualTo(open(60, SETTINGS));
      assertThat(state.afterCall(pause(60), NOW)).isEqualTo(open(60, SETTINGS));
    }

    @Test
    void otherLateResultsOfCallsChangeNothing() {
      for (CallOutcome late : List.of(SUCCEEDED, FAILED, INTERRUPTED)) {
        assertThat(state.afterCall(late, NOW)).isSameAs(state);
      }
    }

    @Test
    void anInterruptedProbeIsRepeatedAfterOneSecond() {
      assertThat(state.afterProbe(INTERRUPTED, NOW))
          .isEqualTo(new OpenState(NOW.plusSeconds(1), FIRST, SETTINGS));
    }
  }
}
