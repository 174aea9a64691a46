package dev.gatehouse.authorizationserver;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps tokens as long as the process lives. One lock guards it all: each step is a few map
 * look-ups, so there is nothing to gain from finer ones, and a good deal to get wrong. Thread-safe.
 */
public final class InMemoryTokenStore implements TokenStore {
  private final Map<TokenHash, StoredToken> tokens = new HashMap<>();
  private final Set<String> revokedGrants = new HashSet<>();

  /** Begins empty. */
  public InMemoryTokenStore() {}

  @Override
  public synchronized Optional<StoredToken> find(OpaqueToken token) {
    StoredToken found = tokens.get(token.hash());
    if (found != null && revokedGrants.contains(found.grantId())) {
      return Optional.of(found.asRevoked());
    }
    return Optional.ofNullable(found);
  }

  @Override
  public synchronized void save(List<IssuedToken> issued) {
    for (IssuedToken each : issued) {
      tokens.put(each.hash(), each.token());
    }
  }

  @Override
  public synchronized void revoke(TokenHash token) {
    tokens.computeIfPresent(token, (hash, found) -> found.asRevoked());
  }

  @Override
  public synchronized void revokeGrant(String grantId) {
    revokedGrants.add(grantId);
  }

  @Override
  public synchronized int sweep(Instant now) {
    int before = tokens.size();
    tokens.values().removeIf(token -> !now.isBefore(token.expiresAt()));
    Set<String> alive = new HashSet<>();
    tokens.values().forEach(token -> alive.add(token.grantId()));
    revokedGrants.retainAll(alive);
    return before - tokens.size();
  }
}
