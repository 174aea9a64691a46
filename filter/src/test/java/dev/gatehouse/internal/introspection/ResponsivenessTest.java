package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a server counts as unresponsive. */
class ResponsivenessTest {

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final Responsiveness responsiveness = new Responsiveness(clock);

  @BeforeEach
  void begin() {
    responsiveness.begin();
  }

  private void pass(long millis) {
    clock.advance(Duration.ofMillis(millis));
  }

  private void end(VerificationResult verdict) {
    responsiveness.record(verdict);
    responsiveness.end();
  }

  private static VerificationResult failure(Reason reason) {
    return VerificationResult.Unavailable.because(reason, "-");
  }

  @Test
  void aServerIsUnresponsiveAfterMoreThanOneSecondWithoutAResponse() {
    pass(1_000);
    assertThat(responsiveness.isUnresponsive()).isFalse();
    pass(1);
    assertThat(responsiveness.isUnresponsive()).isTrue();
  }

  @Test
  void aRequestUnderWayIsNeverForgotten() {
    pass(60_000);
    responsiveness.begin();

    assertThat(responsiveness.isUnresponsive()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"AS_ANSWER", "AS_CREDENTIALS", "AS_OVERLOADED"})
  void anyResponseMakesItResponsiveAgain(Reason answered) {
    responsiveness.begin();
    pass(2_000);
    end(failure(answered));

    assertThat(responsiveness.isUnresponsive()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"AS_TIMEOUT", "AS_UNREACHABLE", "INTERRUPTED"})
  void aFailureWithoutAResponseDoesNot(Reason failed) {
    pass(2_000);
    end(failure(failed));
    assertThat(responsiveness.isUnresponsive()).isTrue();

    pass(10_000);
    responsiveness.begin();
    assertThat(responsiveness.isUnresponsive()).isTrue();
  }

  /** Otherwise a burst long after an outage would be refused although the server is well. */
  @Test
  void tenSecondsWithoutAnyRequestEraseAnOutage() {
    pass(2_000);
    end(failure(Reason.AS_TIMEOUT));
    pass(10_001);
    assertThat(responsiveness.isUnresponsive()).isFalse();

    responsiveness.begin();
    assertThat(responsiveness.isUnresponsive()).isFalse();
    pass(1_001);
    assertThat(responsiveness.isUnresponsive()).isTrue();
  }
}
