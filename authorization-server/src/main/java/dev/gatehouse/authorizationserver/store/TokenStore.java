package dev.gatehouse.authorizationserver.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where the authorization server keeps what it has issued, by hash alone.
 *
 * <p>Implementations are thread-safe, and every method is atomic, also between nodes that share one
 * store. When a method returns, what it did is as durable as the store is. A store that can't be
 * reached throws {@link StoreUnavailableException}, and has then done nothing or all.
 */
public interface TokenStore extends TokenLookup, ReplayGuard {
  /**
   * Keeps new tokens, all of them or none. Tokens of a grant that has been revoked are kept and are
   * revoked.
   *
   * @param tokens the tokens, of any grants
   */
  void save(List<IssuedToken> tokens);

  /**
   * Keeps a new authorization code.
   *
   * @param code its hash
   * @param meaning what it stands for
   */
  void saveCode(TokenHash code, StoredCode meaning);

  /**
   * Finds what is known of a code, good, used or expired.
   *
   * @param code as somebody presented it, any text
   * @return empty when it is unknown
   */
  Optional<StoredCode> findCode(OpaqueToken code);

  /**
   * Uses a code up and keeps what it yields, in one step.
   *
   * @param code its hash
   * @param yield the tokens that it is exchanged for; not kept when it was used before
   * @return true for exactly one caller, however many try, on however many nodes
   */
  boolean redeemCode(TokenHash code, List<IssuedToken> yield);

  /**
   * Exchanges a refresh token for its successor and keeps what it yields, in one step.
   *
   * @param refreshToken its hash
   * @param attempt the rotation, as it will be if nobody was faster
   * @param yield the tokens that it is exchanged for; not kept when somebody was faster
   * @return the first rotation of this token: the attempt, or that of whoever was faster; empty
   *     when the token is unknown
   */
  Optional<Rotation> rotate(TokenHash refreshToken, Rotation attempt, List<IssuedToken> yield);

  /**
   * Revokes one token (RFC 7009 §2.1). Unknown ones are ignored.
   *
   * @param token its hash
   */
  void revoke(TokenHash token);

  /**
   * Revokes a grant: all tokens that came from it and all that might still come.
   *
   * @param grantId the grant; unknown ones are ignored
   */
  void revokeGrant(String grantId);

  /**
   * Forgets what has expired and can no longer matter. A used code is remembered as long as its
   * grant has tokens, so that a second use is still noticed.
   *
   * @param now whatever expired at or before this instant goes
   * @return how many tokens went
   */
  int sweep(Instant now);
}
