package dev.gatehouse.authorizationserver.store;

import java.util.Optional;

/**
 * Finds stored tokens for introspection. Implement it to introspect tokens of another store. Must
 * be thread-safe.
 */
@FunctionalInterface
public interface TokenLookup {
  /**
   * Finds what is known of a token, good or no longer good.
   *
   * @param token as somebody presented it, any text; never log it
   * @return empty when it is unknown
   * @throws StoreUnavailableException when nobody can tell just now; answered as 503, never as
   *     inactive
   */
  Optional<StoredToken> find(OpaqueToken token);
}
