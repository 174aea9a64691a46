package dev.gatehouse.authorizationserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweeperTest {
  private final TurnedClock clock = new TurnedClock();

  @Test
  void whatHasExpiredIsForgotten() {
    InMemoryTokenStore tokens = new InMemoryTokenStore();
    InMemorySessionStore sessions = new InMemorySessionStore();
    OpaqueToken value = OpaqueToken.random();
    tokens.save(
        List.of(
            new IssuedToken(
                value.hash(),
                StoredToken.builder(
                        TokenKind.ACCESS, "client", clock.instant(), clock.instant().plusSeconds(1))
                    .build())));
    sessions.save(value.hash(), new LoginSession("1", "alice", clock.instant().plusSeconds(1)));

    clock.turn(Duration.ofSeconds(1));
    new Sweeper(tokens, sessions, clock).sweep();

    assertThat(tokens.find(value)).isEmpty();
    assertThat(sessions.find(value)).isEmpty();
  }

  @Test // an exception would end its schedule for good
  void aStoreThatIsGoneIsSweptNextTime() {
    Sweeper sweeper = new Sweeper(new BrokenStore(), new InMemorySessionStore(), clock);

    assertThatCode(sweeper::sweep).doesNotThrowAnyException();
  }
}
