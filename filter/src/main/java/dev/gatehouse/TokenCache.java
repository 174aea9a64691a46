package dev.gatehouse;

import dev.gatehouse.internal.verify.ResultCache;

/**
 * The cached results of a filter, for example to evict the tokens that have been revoked before
 * their time-to-live is over. Reach it by {@link McpAuthFilter#cache()}.
 *
 * <p>An eviction is final: a request that arrives after the call has returned is not admitted on an
 * older response of the authorization server, not even on one that was under way. This class is
 * thread-safe.
 */
public final class TokenCache {

  private final ResultCache results;

  TokenCache(ResultCache results) {
    this.results = results;
  }

  /**
   * Evicts one token, for example because it has been revoked.
   *
   * @param accessToken as clients send it, without {@code Bearer}
   */
  public void evictToken(String accessToken) {
    results.evictToken(accessToken);
  }

  /**
   * Evicts all tokens of a user, for example because the account has been locked.
   *
   * @param userId the {@code sub} of these tokens
   */
  public void evictUser(String userId) {
    results.evictUser(userId);
  }

  /**
   * Evicts all tokens of a client.
   *
   * @param clientId the {@code client_id} of these tokens
   */
  public void evictClient(String clientId) {
    results.evictClient(clientId);
  }

  /** Evicts everything. */
  public void evictAll() {
    results.evictAll();
  }

  /**
   * The number of cached results.
   *
   * @return an approximate number; results that are no longer fresh count until they are removed
   */
  public long size() {
    return results.size();
  }
}
