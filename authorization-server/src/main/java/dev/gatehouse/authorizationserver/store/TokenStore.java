package dev.gatehouse.authorizationserver.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Stores the tokens and codes that the authorization server has issued, by their hashes.
 *
 * <p>Implementations are thread-safe, and every method is atomic, also between nodes that share one
 * store. When a method returns, its effect is as durable as the store. When the store cannot be
 * reached, a method throws {@link StoreUnavailableException} and has had its whole effect or none.
 */
public interface TokenStore extends TokenLookup, ReplayGuard {
  /**
   * Stores new tokens, all or none. Tokens of a revoked grant are stored as revoked.
   *
   * @param tokens the tokens, of any grants
   */
  void save(List<IssuedToken> tokens);

  /**
   * Stores a new authorization code and records that its consent form was answered, atomically.
   *
   * @param code its hash
   * @param meaning its data
   * @param form the hash of the consent form
   * @param until when the form expires and its record may be deleted
   * @return true for exactly one caller on all nodes for each form; false when the form was
   *     answered before, and nothing is stored
   */
  boolean saveCode(TokenHash code, StoredCode meaning, TokenHash form, Instant until);

  /**
   * Finds a code, also a used or expired one.
   *
   * @param code the presented code, any text
   * @return empty when it is unknown
   */
  Optional<StoredCode> findCode(OpaqueToken code);

  /**
   * Redeems a code and stores the tokens issued for it, atomically.
   *
   * @param code its hash
   * @param yield the tokens that it is exchanged for; not stored when it was used before
   * @return true for exactly one caller on all nodes
   */
  boolean redeemCode(TokenHash code, List<IssuedToken> yield);

  /**
   * Exchanges a refresh token for its successor and stores the new tokens, atomically.
   *
   * @param refreshToken its hash
   * @param attempt the rotation to store if this is the first exchange
   * @param yield the tokens that it is exchanged for; not stored if it was exchanged before
   * @return the first rotation of this token, which is the attempt if this is the first exchange;
   *     empty when the token is unknown
   */
  Optional<Rotation> rotate(TokenHash refreshToken, Rotation attempt, List<IssuedToken> yield);

  /**
   * Revokes one token (RFC 7009 §2.1). Ignores unknown tokens.
   *
   * @param token its hash
   */
  void revoke(TokenHash token);

  /**
   * Revokes a grant with all its tokens, also those that are stored later.
   *
   * @param grantId the grant; unknown ones are ignored
   */
  void revokeGrant(String grantId);

  /**
   * Deletes expired data that has no effect any more. A used code is kept as long as its grant has
   * tokens, so that a second use is detected.
   *
   * @param now deletes what expired at or before this instant
   * @return how many tokens went
   */
  int sweep(Instant now);
}
