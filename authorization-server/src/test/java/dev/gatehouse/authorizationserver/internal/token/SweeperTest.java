package dev.gatehouse.authorizationserver.internal.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.internal.settings.SigningSettings;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.LoginSession;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.SessionStore;
import dev.gatehouse.authorizationserver.store.SigningAlgorithm;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemorySessionStore;
import dev.gatehouse.authorizationserver.store.memory.InMemorySigningKeyStore;
import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import dev.gatehouse.authorizationserver.testing.BrokenStore;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.testing.LogsWarning;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Deletion of expired tokens, sessions and clients. */
class SweeperTest {
  private final TurnedClock clock = new TurnedClock();

  @Test
  void expiredTokensAndSessionsAreDeleted() {
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
    sessions.save(
        value.hash(), new LoginSession("1", "alice", null, null, clock.instant().plusSeconds(1)));

    clock.turn(Duration.ofSeconds(1));
    sweeper(tokens, sessions, new InMemoryClientRegistry(List.of())).sweep();

    assertThat(tokens.find(value)).isEmpty();
    assertThat(sessions.find(value)).isEmpty();
  }

  @LogsWarning("expired data could not be deleted")
  @Test // an exception would cancel the schedule
  void anUnavailableStoreDoesNotThrow() {
    Sweeper sweeper =
        sweeper(
            new BrokenStore(), new InMemorySessionStore(), new InMemoryClientRegistry(List.of()));

    assertThatCode(sweeper::sweep).doesNotThrowAnyException();
  }

  @Test
  void unusedClientsAreDeletedAfterOneDayOrNinety() {
    InMemoryClientRegistry clients = new InMemoryClientRegistry(List.of());
    clients.add(RegisteredClient.builder("never-used").build(), clock.instant());
    clients.add(RegisteredClient.builder("used").build(), clock.instant());
    clients.recordUse("used", clock.instant());
    Sweeper sweeper = sweeper(new InMemoryTokenStore(), new InMemorySessionStore(), clients);

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

  private Sweeper sweeper(TokenStore tokens, SessionStore sessions, ClientRegistry clients) {
    return new Sweeper(
        new Stores(tokens, sessions, clients, null),
        InMemoryRateLimit.factory(),
        SigningKeys.of(
            new SigningSettings(
                false,
                SigningAlgorithm.ES256,
                SigningSettings.DEFAULT_KEY_LIFETIME,
                new InMemorySigningKeyStore(),
                null),
            clock),
        Duration.ofDays(90),
        clock);
  }
}
