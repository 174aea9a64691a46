package dev.gatehouse.authorizationserver.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Passes every call to another store. Subclasses override the methods that they change. */
public abstract class DelegatingTokenStore implements TokenStore {
  private final TokenStore store;

  /**
   * Wraps a store.
   *
   * @param store receives every call that a subclass does not override
   */
  protected DelegatingTokenStore(TokenStore store) {
    this.store = store;
  }

  @Override
  public Optional<StoredToken> find(OpaqueToken token) {
    return store.find(token);
  }

  @Override
  public void save(List<IssuedToken> tokens) {
    store.save(tokens);
  }

  @Override
  public boolean saveCode(TokenHash code, StoredCode meaning, TokenHash form, Instant until) {
    return store.saveCode(code, meaning, form, until);
  }

  @Override
  public Optional<StoredCode> findCode(OpaqueToken code) {
    return store.findCode(code);
  }

  @Override
  public boolean redeemCode(TokenHash code, List<IssuedToken> yield) {
    return store.redeemCode(code, yield);
  }

  @Override
  public Optional<Rotation> rotate(
      TokenHash refreshToken, Rotation attempt, List<IssuedToken> yield) {
    return store.rotate(refreshToken, attempt, yield);
  }

  @Override
  public boolean markUsed(TokenHash what, Instant until) {
    return store.markUsed(what, until);
  }

  @Override
  public void revoke(TokenHash token) {
    store.revoke(token);
  }

  @Override
  public void revokeGrant(String grantId) {
    store.revokeGrant(grantId);
  }

  @Override
  public int sweep(Instant now) {
    return store.sweep(now);
  }
}
