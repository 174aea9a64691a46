package dev.gatehouse.authorizationserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.gatehouse.testing.LogsWarning;
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
    new Sweeper(settings(tokens, sessions, new InMemoryClientRegistry(List.of()))).sweep();

    assertThat(tokens.find(value)).isEmpty();
    assertThat(sessions.find(value)).isEmpty();
  }

  @LogsWarning("expired tokens can't be forgotten just now")
  @Test // an exception would end its schedule for good
  void aStoreThatIsGoneIsSweptNextTime() {
    Sweeper sweeper =
        new Sweeper(
            settings(
                new BrokenStore(),
                new InMemorySessionStore(),
                new InMemoryClientRegistry(List.of())));

    assertThatCode(sweeper::sweep).doesNotThrowAnyException();
  }

  @Test
  void clientsThatRestAreForgottenAfterADayOrNinety() {
    InMemoryClientRegistry clients = new InMemoryClientRegistry(List.of());
    clients.add(RegisteredClient.builder("never-used").build(), clock.instant());
    clients.add(RegisteredClient.builder("used").build(), clock.instant());
    clients.used("used", clock.instant());
    Sweeper sweeper =
        new Sweeper(settings(new InMemoryTokenStore(), new InMemorySessionStore(), clients));

    clock.turn(Duration.ofDays(1).plusNanos(1));
    sweeper.sweep();
    assertThat(clients.find("never-used")).isEmpty();
    clock.turn(Duration.ofDays(89).minusNanos(1));
    sweeper.sweep();
    assertThat(clients.find("used")).isPresent();
    clock.turn(Duration.ofNanos(1));
    sweeper.sweep();
    assertThat(clients.find("used")).isEmpty();
  }

  private Settings settings(TokenStore tokens, SessionStore sessions, ClientRegistry clients) {
    return Demo.withUsers("https://login.example.com")
        .clock(clock)
        .tokenStore(tokens)
        .sessionStore(sessions)
        .clientRegistry(clients)
        .settings();
  }
}
