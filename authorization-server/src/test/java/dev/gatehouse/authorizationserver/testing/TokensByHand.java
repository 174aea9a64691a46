package dev.gatehouse.authorizationserver.testing;

import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import java.time.Instant;
import java.util.List;

/** A store with tokens that the test itself creates. */
public final class TokensByHand {
  private final TurnedClock clock;
  private final InMemoryTokenStore store = new InMemoryTokenStore();

  public TokensByHand(TurnedClock clock) {
    this.clock = clock;
  }

  public InMemoryTokenStore store() {
    return store;
  }

  /** Starts a server with this store. */
  public TestServer server() {
    return TestServer.start(
        (origin, context) ->
            Demo.server(origin).clock(clock).tokenStore(store).build().register(context));
  }

  /** An access token of the client {@code client} that is valid for a minute. */
  public StoredToken.Builder access() {
    return of(TokenKind.ACCESS, "client");
  }

  public StoredToken.Builder of(TokenKind kind, String clientId) {
    Instant now = clock.instant();
    return StoredToken.builder(kind, clientId, now, now.plusSeconds(60));
  }

  public OpaqueToken save(StoredToken.Builder token) {
    OpaqueToken value = OpaqueToken.random();
    store.save(List.of(new IssuedToken(value.hash(), token.build())));
    return value;
  }
}
