package dev.gatehouse.authorizationserver.testing;

import dev.gatehouse.authorizationserver.store.DelegatingTokenStore;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenStore;
import java.util.List;
import java.util.Optional;

/** Records each look-up of a token. */
public final class CountingStore extends DelegatingTokenStore {
  private final List<String> lookUps;

  public CountingStore(TokenStore store, List<String> lookUps) {
    super(store);
    this.lookUps = lookUps;
  }

  @Override
  public Optional<StoredToken> find(OpaqueToken token) {
    lookUps.add("token");
    return super.find(token);
  }
}
