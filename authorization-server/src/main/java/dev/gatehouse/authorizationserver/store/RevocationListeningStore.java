package dev.gatehouse.authorizationserver.store;

/** Runs a listener after each revocation, for example to evict cached results. */
public final class RevocationListeningStore extends DelegatingTokenStore {
  private final Runnable listener;

  /**
   * Wraps a store.
   *
   * @param store stores the tokens
   * @param listener run on the revoking thread, once the store has recorded the revocation
   */
  public RevocationListeningStore(TokenStore store, Runnable listener) {
    super(store);
    this.listener = listener;
  }

  @Override
  public void revoke(TokenHash token) {
    super.revoke(token);
    listener.run();
  }

  @Override
  public void revokeGrant(String grantId) {
    super.revokeGrant(grantId);
    listener.run();
  }
}
