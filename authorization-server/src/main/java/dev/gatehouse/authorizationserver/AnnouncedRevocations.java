package dev.gatehouse.authorizationserver;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A store that says so after each revocation, whoever has brought it about. */
final class AnnouncedRevocations implements TokenStore {
  private final TokenStore store;
  private final Runnable listener;

  AnnouncedRevocations(TokenStore store, Runnable listener) {
    this.store = store;
    this.listener = listener;
  }

  @Override
  public void revoke(TokenHash token) {
    store.revoke(token);
    listener.run();
  }

  @Override
  public void revokeGrant(String grantId) {
    store.revokeGrant(grantId);
    listener.run();
  }

  @Override
  public Optional<StoredToken> find(OpaqueToken token) {
    return store.find(token);
  }

  @Override
  public boolean isFirstUse(TokenHash what, Instant until) {
    return store.isFirstUse(what, until);
  }

  @Override
  public void save(List<IssuedToken> tokens) {
    store.save(tokens);
  }

  @Override
  public void saveCode(TokenHash code, StoredCode meaning) {
    store.saveCode(code, meaning);
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
  public int sweep(Instant now) {
    return store.sweep(now);
  }
}
