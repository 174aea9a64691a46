package dev.gatehouse;

import dev.gatehouse.internal.verify.ResultCache;
import java.util.Objects;

/**
 * The cached results of a filter. Evict tokens that have been revoked, so that they are refused
 * before the time-to-live of their results ends. Get it from {@link McpAuthFilter#cache()}.
 *
 * <p>An eviction also covers verifications in progress: a request that arrives after the call has
 * returned is never admitted because of a verification that began before.
 *
 * <p>A token that the filter verifies without asking anyone ({@code token-validation=jwt} or {@code
 * jwt-or-introspection}) would verify again. It is refused until it expires; by user, client or
 * all, every token is refused that was issued until the eviction. A restart of the filter forgets
 * this. This class is thread-safe.
 */
public final class TokenCache {

  private final ResultCache results;

  TokenCache(ResultCache results) {
    this.results = results;
  }

  /**
   * Evicts one token, for example because it has been revoked.
   *
   * @param accessToken the token as clients send it, without {@code Bearer}
   */
  public void evictToken(String accessToken) {
    results.evictToken(accessToken);
  }

  /**
   * Evicts the token with this id.
   *
   * @param tokenId the {@code jti} of the token, of whichever issuer
   */
  public void evictTokenId(String tokenId) {
    results.evictTokenId(null, Objects.requireNonNull(tokenId, "tokenId"));
  }

  /**
   * Evicts the token with this id of one authorization server.
   *
   * @param issuer the issuer identifier of that server
   * @param tokenId the {@code jti} of the token
   */
  public void evictTokenId(String issuer, String tokenId) {
    results.evictTokenId(
        Objects.requireNonNull(issuer, "issuer"), Objects.requireNonNull(tokenId, "tokenId"));
  }

  /**
   * Evicts all tokens of a user, for example because the account has been locked.
   *
   * @param userId the {@code sub} of these tokens, of whichever issuer
   */
  public void evictUser(String userId) {
    results.evictUser(null, userId);
  }

  /**
   * Evicts all tokens of a user of one authorization server.
   *
   * @param issuer the issuer identifier of that server
   * @param userId the {@code sub} of these tokens
   */
  public void evictUser(String issuer, String userId) {
    results.evictUser(Objects.requireNonNull(issuer, "issuer"), userId);
  }

  /**
   * Evicts all tokens of a client.
   *
   * @param clientId the {@code client_id} of these tokens, of whichever issuer
   */
  public void evictClient(String clientId) {
    results.evictClient(null, clientId);
  }

  /**
   * Evicts all tokens of a client of one authorization server.
   *
   * @param issuer the issuer identifier of that server
   * @param clientId the {@code client_id} of these tokens
   */
  public void evictClient(String issuer, String clientId) {
    results.evictClient(Objects.requireNonNull(issuer, "issuer"), clientId);
  }

  /** Evicts all tokens. */
  public void evictAll() {
    results.evictAll();
  }

  /**
   * Returns the approximate number of cached results.
   *
   * @return the number, including expired results that have not been removed yet
   */
  public long size() {
    return results.size();
  }
}
