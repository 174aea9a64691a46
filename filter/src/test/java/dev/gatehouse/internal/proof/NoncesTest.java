package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.ManualClock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Nonces of the resource server (RFC 9449 §9). */
class NoncesTest {

  private final ManualClock clock = new ManualClock(Instant.EPOCH);
  private final Nonces nonces = new Nonces(clock);

  @Test
  void aNonceIsAcceptedInItsPeriodAndTheNext() {
    String first = nonces.current();
    assertThat(nonces.accepts(first)).isTrue();
    clock.set(Instant.EPOCH.plus(Nonces.PERIOD).minusMillis(1));
    assertThat(nonces.current()).isEqualTo(first);
    clock.set(Instant.EPOCH.plus(Nonces.PERIOD));
    assertThat(nonces.current()).isNotEqualTo(first);
    assertThat(nonces.accepts(first)).isTrue();
    clock.set(Instant.EPOCH.plus(Nonces.PERIOD.multipliedBy(2)));
    assertThat(nonces.accepts(first)).isFalse();
    assertThat(nonces.accepts(nonces.current())).isTrue();
  }

  @Test
  void aNonceIsNotAcceptedAfterAPeriodWithoutRequests() {
    String first = nonces.current();
    clock.set(Instant.EPOCH.plus(Nonces.PERIOD.multipliedBy(2)));

    assertThat(nonces.accepts(first)).isFalse();
  }

  @Test
  void anotherProcessHasOtherNonces() {
    assertThat(nonces.accepts(new Nonces(clock).current())).isFalse();
    assertThat(nonces.accepts(null)).isFalse();
    assertThat(nonces.accepts("")).isFalse();
    assertThat(nonces.current()).matches("[A-Za-z0-9_-]{22}"); // RFC 9449 §8.1
  }
}
