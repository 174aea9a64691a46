package dev.gatehouse.authorizationserver;

import java.time.Instant;
import java.util.List;

/** Tokens that no flow has issued: a test puts each into the store itself. */
final class TokensByHand {
  private final TurnedClock clock;
  private final InMemoryTokenStore store = new InMemoryTokenStore();

  TokensByHand(TurnedClock clock) {
    this.clock = clock;
  }

  InMemoryTokenStore store() {
    return store;
  }

  /** One that finds them there. */
  TestServer server() {
    return TestServer.start(
        (origin, context) ->
            Demo.server(origin).clock(clock).tokenStore(store).build().register(context));
  }

  /** An access token of the client called {@code client}, good for a minute. */
  StoredToken.Builder access() {
    return of(TokenKind.ACCESS, "client");
  }

  StoredToken.Builder of(TokenKind kind, String clientId) {
    Instant now = clock.instant();
    return StoredToken.builder(kind, clientId, now, now.plusSeconds(60));
  }

  OpaqueToken save(StoredToken.Builder token) {
    OpaqueToken value = OpaqueToken.random();
    store.save(List.of(new IssuedToken(value.hash(), token.build())));
    return value;
  }
}
