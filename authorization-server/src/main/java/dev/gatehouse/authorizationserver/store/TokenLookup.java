package dev.gatehouse.authorizationserver.store;

import java.util.Optional;

/**
 * Finds stored tokens for introspection. Implement it to introspect tokens of another store. Must
 * be thread-safe.
 */
@FunctionalInterface
public interface TokenLookup {
  /**
   * Finds a token, active or not.
   *
   * @param token the presented token, any text; never log it
   * @return empty when it is unknown
   * @throws StoreUnavailableException when the store cannot be reached; the response is 503, never
   *     inactive
   */
  Optional<StoredToken> find(OpaqueToken token);
}
