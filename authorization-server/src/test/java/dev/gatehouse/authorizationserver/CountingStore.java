package dev.gatehouse.authorizationserver;

import java.util.List;
import java.util.Optional;

/** A store that notes each look-up of a token. */
final class CountingStore extends DelegatingTokenStore {
  private final List<String> lookUps;

  CountingStore(TokenStore store, List<String> lookUps) {
    super(store);
    this.lookUps = lookUps;
  }

  @Override
  public Optional<StoredToken> find(OpaqueToken token) {
    lookUps.add("token");
    return super.find(token);
  }
}
