package dev.gatehouse.authorizationserver.testing;

import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.Rotation;
import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import dev.gatehouse.authorizationserver.store.StoredCode;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.TokenStore;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An unavailable store; looking up the token {@code bug} throws like a bug. */
public final class BrokenStore implements TokenStore {
  @Override
  public Optional<StoredToken> find(OpaqueToken token) {
    if (token.value().equals("bug")) {
      throw new IllegalStateException("secret reason");
    }
    throw unavailable();
  }

  @Override
  public void save(List<IssuedToken> tokens) {
    throw unavailable();
  }

  @Override
  public boolean saveCode(TokenHash code, StoredCode meaning, TokenHash form, Instant until) {
    throw unavailable();
  }

  @Override
  public Optional<StoredCode> findCode(OpaqueToken code) {
    throw unavailable();
  }

  @Override
  public boolean redeemCode(TokenHash code, List<IssuedToken> yield) {
    throw unavailable();
  }

  @Override
  public Optional<Rotation> rotate(
      TokenHash refreshToken, Rotation attempt, List<IssuedToken> yield) {
    throw unavailable();
  }

  @Override
  public boolean markUsed(TokenHash what, Instant until) {
    throw unavailable();
  }

  @Override
  public void revoke(TokenHash token) {
    throw unavailable();
  }

  @Override
  public void revokeGrant(String grantId) {
    throw unavailable();
  }

  @Override
  public int sweep(Instant now) {
    throw unavailable();
  }

  private static StoreUnavailableException unavailable() {
    return new StoreUnavailableException("scripted", new IllegalStateException());
  }
}
