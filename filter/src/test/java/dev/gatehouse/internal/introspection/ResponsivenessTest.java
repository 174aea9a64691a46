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

/** When a server is considered unresponsive. */
class ResponsivenessTest {

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final Responsiveness responsiveness = new Responsiveness(clock);

  @BeforeEach
  void begin() {
    responsiveness.begin();
  }

  private void advance(long millis) {
    clock.advance(Duration.ofMillis(millis));
  }

  private void end(VerificationResult result) {
    responsiveness.record(result);
    responsiveness.end();
  }

  private static VerificationResult failure(Reason reason) {
    return VerificationResult.Unavailable.because(reason, "-");
  }

  @Test
  void aServerIsUnresponsiveAfterMoreThanOneSecondWithoutAResponse() {
    advance(1_000);
    assertThat(responsiveness.isUnresponsive()).isFalse();
    advance(1);
    assertThat(responsiveness.isUnresponsive()).isTrue();
  }

  @Test
  void aPendingRequestCountsHoweverOldItIs() {
    advance(60_000);
    responsiveness.begin();

    assertThat(responsiveness.isUnresponsive()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"AS_ANSWER", "AS_CREDENTIALS", "AS_OVERLOADED"})
  void anyResponseMakesTheServerResponsive(Reason reason) {
    responsiveness.begin();
    advance(2_000);
    end(failure(reason));

    assertThat(responsiveness.isUnresponsive()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"AS_TIMEOUT", "AS_UNREACHABLE", "INTERRUPTED"})
  void aFailureWithoutAResponseLeavesTheServerUnresponsive(Reason reason) {
    advance(2_000);
    end(failure(reason));
    assertThat(responsiveness.isUnresponsive()).isTrue();

    advance(10_000);
    responsiveness.begin();
    assertThat(responsiveness.isUnresponsive()).isTrue();
  }

  /** Otherwise a burst long after an outage would be refused although the server has recovered. */
  @Test
  void anOutageIsForgottenAfterTenSecondsWithoutARequest() {
    advance(2_000);
    end(failure(Reason.AS_TIMEOUT));
    advance(10_001);
    assertThat(responsiveness.isUnresponsive()).isFalse();

    responsiveness.begin();
    assertThat(responsiveness.isUnresponsive()).isFalse();
    advance(1_001);
    assertThat(responsiveness.isUnresponsive()).isTrue();
  }
}
