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

/** A store that can't be reached, and that has a bug when asked about {@code bug}. */
public final class BrokenStore implements TokenStore {
  @Override
  public Optional<StoredToken> find(OpaqueToken token) {
    if (token.value().equals("bug")) {
      throw new IllegalStateException("secret reason");
    }
    throw gone();
  }

  @Override
  public void save(List<IssuedToken> tokens) {
    throw gone();
  }

  @Override
  public void saveCode(TokenHash code, StoredCode meaning) {
    throw gone();
  }

  @Override
  public Optional<StoredCode> findCode(OpaqueToken code) {
    throw gone();
  }

  @Override
  public boolean redeemCode(TokenHash code, List<IssuedToken> yield) {
    throw gone();
  }

  @Override
  public Optional<Rotation> rotate(
      TokenHash refreshToken, Rotation attempt, List<IssuedToken> yield) {
    throw gone();
  }

  @Override
  public boolean markUsed(TokenHash what, Instant until) {
    throw gone();
  }

  @Override
  public void revoke(TokenHash token) {
    throw gone();
  }

  @Override
  public void revokeGrant(String grantId) {
    throw gone();
  }

  @Override
  public int sweep(Instant now) {
    throw gone();
  }

  private static StoreUnavailableException gone() {
    return new StoreUnavailableException("scripted", new IllegalStateException());
  }
}
