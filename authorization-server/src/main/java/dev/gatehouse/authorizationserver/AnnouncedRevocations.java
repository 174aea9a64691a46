package dev.gatehouse.authorizationserver;

/** A store that says so after each revocation, whoever has brought it about. */
final class AnnouncedRevocations extends DelegatingTokenStore {
  private final Runnable listener;

  AnnouncedRevocations(TokenStore store, Runnable listener) {
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
