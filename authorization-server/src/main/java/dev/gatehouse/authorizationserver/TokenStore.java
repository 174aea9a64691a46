package dev.gatehouse.authorizationserver;

import java.time.Instant;
import java.util.List;

/**
 * Where the authorization server keeps what it has issued, by hash alone.
 *
 * <p>Implementations are thread-safe, and every method is atomic, also between nodes that share one
 * store. When a method returns, what it did is as durable as the store is. A store that can't be
 * reached throws {@link StoreUnavailableException}.
 */
public interface TokenStore extends TokenLookup {
  /**
   * Keeps new tokens, all of them or none. Tokens of a grant that has been revoked are kept and are
   * revoked.
   *
   * @param tokens the tokens, of any grants
   */
  void save(List<IssuedToken> tokens);

  /**
   * Revokes one token (RFC 7009 §2.1). Unknown ones are ignored.
   *
   * @param token its hash
   */
  void revoke(TokenHash token);

  /**
   * Revokes a grant: all tokens that came from it and all that might still come.
   *
   * @param grantId the grant
   */
  void revokeGrant(String grantId);

  /**
   * Forgets what has expired and can no longer matter.
   *
   * @param now whatever expired at or before this instant goes
   * @return how many tokens went
   */
  int sweep(Instant now);
}
