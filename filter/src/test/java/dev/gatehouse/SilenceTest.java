package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a server counts as one that says nothing. */
class SilenceTest {

  private final TurnedClock clock = new TurnedClock(GuardedServer.NOW);
  private final Silence silence = new Silence(clock);

  @BeforeEach
  void ask() {
    silence.asked();
  }

  private void pass(long millis) {
    clock.turnBy(Duration.ofMillis(millis));
  }

  private void end(Verdict verdict) {
    silence.noted(verdict);
    silence.ended();
  }

  private static Verdict failure(Reason reason) {
    return Verdict.Unavailable.because(reason, "-");
  }

  @Test
  void aSecondWithoutAnAnswerIsNotLongYet() {
    pass(1_000);
    assertThat(silence.isLong()).isFalse();
    pass(1);
    assertThat(silence.isLong()).isTrue();
  }

  @Test
  void aQuestionThatHangsIsNeverForgotten() {
    pass(60_000);
    silence.asked();

    assertThat(silence.isLong()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"AS_ANSWER", "AS_CREDENTIALS", "AS_OVERLOADED"})
  void anyAnswerEndsIt(Reason answered) {
    silence.asked();
    pass(2_000);
    end(failure(answered));

    assertThat(silence.isLong()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"AS_TIMEOUT", "AS_UNREACHABLE", "INTERRUPTED"})
  void aFailureDoesNotEndIt(Reason failed) {
    pass(2_000);
    end(failure(failed));
    assertThat(silence.isLong()).isTrue();

    pass(10_000);
    silence.asked();
    assertThat(silence.isLong()).isTrue();
  }

  /** Or a burst that comes long after an outage would be turned away from a server that is well. */
  @Test
  void whenNothingHasBeenAskedForTenSecondsAnOutageIsForgotten() {
    pass(2_000);
    end(failure(Reason.AS_TIMEOUT));
    pass(10_001);
    assertThat(silence.isLong()).isFalse();

    silence.asked();
    assertThat(silence.isLong()).isFalse();
    pass(1_001);
    assertThat(silence.isLong()).isTrue();
  }
}
