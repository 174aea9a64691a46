package dev.gatehouse.authorizationserver.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class InMemoryReplayGuardTest {
  private final TurnedClock clock = new TurnedClock();
  private final InMemoryReplayGuard guard = new InMemoryReplayGuard(clock);

  @Test
  void aUsedValueIsRememberedUntilItExpiresAndNoLonger() {
    Instant until = clock.instant().plusSeconds(60);
    TokenHash assertion = TokenHash.of("assertion");

    assertThat(guard.markUsed(assertion, until)).isTrue();
    clock.turn(Duration.ofSeconds(60).minusNanos(1));
    assertThat(guard.markUsed(assertion, until)).isFalse();
    assertThat(guard.markUsed(TokenHash.of("another"), until)).isTrue();

    clock.turn(Duration.ofSeconds(2)); // Caffeine looks at what has expired every 1.07 s
    assertThat(guard.remembered()).isZero();
  }
}
