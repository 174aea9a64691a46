package dev.gatehouse.authorizationserver.store.memory;

import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.Rotation;
import dev.gatehouse.authorizationserver.store.StoredCode;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.TokenStatus;
import dev.gatehouse.authorizationserver.store.TokenStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Stores tokens until the process ends. One lock guards all maps: each operation is a few look-ups,
 * so finer locks would gain nothing. Thread-safe.
 */
public final class InMemoryTokenStore implements TokenStore {
  private final Map<TokenHash, StoredToken> tokens = new HashMap<>();
  private final Map<TokenHash, StoredCode> codes = new HashMap<>();
  private final Map<TokenHash, Rotation> rotations = new HashMap<>();
  private final Map<TokenHash, Instant> used = new HashMap<>();
  private final Set<String> revokedGrants = new HashSet<>();

  /** Creates an empty store. */
  public InMemoryTokenStore() {}

  @Override
  public synchronized Optional<StoredToken> find(OpaqueToken token) {
    StoredToken found = tokens.get(token.hash());
    if (found != null && revokedGrants.contains(found.grantId())) {
      return Optional.of(found.withStatus(TokenStatus.REVOKED));
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
  public synchronized boolean saveCode(
      TokenHash code, StoredCode meaning, TokenHash form, Instant until) {
    boolean first = markUsed(form, until);
    if (first) {
      codes.put(code, meaning);
    }
    return first;
  }

  @Override
  public synchronized Optional<StoredCode> findCode(OpaqueToken code) {
    return Optional.ofNullable(codes.get(code.hash()));
  }

  @Override
  public synchronized boolean redeemCode(TokenHash code, List<IssuedToken> yield) {
    StoredCode found = codes.get(code);
    if (found == null || found.redeemed()) {
      return false;
    }
    codes.put(code, found.asRedeemed());
    save(yield);
    return true;
  }

  @Override
  public synchronized Optional<Rotation> rotate(
      TokenHash refreshToken, Rotation attempt, List<IssuedToken> yield) {
    StoredToken found = tokens.get(refreshToken);
    if (found == null) {
      return Optional.empty();
    }
    Rotation earlier = rotations.putIfAbsent(refreshToken, attempt);
    if (earlier != null) {
      return Optional.of(earlier);
    }
    if (found.status() == TokenStatus.GOOD) {
      tokens.put(refreshToken, found.withStatus(TokenStatus.ROTATED));
    }
    save(yield);
    return Optional.of(attempt);
  }

  @Override
  public synchronized void revoke(TokenHash token) {
    tokens.computeIfPresent(token, (hash, found) -> found.withStatus(TokenStatus.REVOKED));
  }

  @Override
  public synchronized void revokeGrant(String grantId) {
    revokedGrants.add(grantId);
  }

  @Override
  public synchronized boolean markUsed(TokenHash what, Instant until) {
    return used.putIfAbsent(what, until) == null;
  }

  @Override
  public synchronized int sweep(Instant now) {
    int before = tokens.size();
    tokens.values().removeIf(token -> !now.isBefore(token.expiresAt()));
    rotations.keySet().retainAll(tokens.keySet());
    used.values().removeIf(until -> !now.isBefore(until));
    Set<String> alive = new HashSet<>();
    tokens.values().forEach(token -> alive.add(token.grantId()));
    codes
        .values()
        .removeIf(
            code ->
                !now.isBefore(code.expiresAt())
                    && !(code.redeemed() && alive.contains(code.grantId())));
    codes.values().forEach(code -> alive.add(code.grantId()));
    revokedGrants.retainAll(alive);
    return before - tokens.size();
  }
}
