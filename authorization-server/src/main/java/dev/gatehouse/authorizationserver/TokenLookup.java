package dev.gatehouse.authorizationserver;

import java.util.Optional;

/**
 * The one question that introspection asks of a store. Implement it to put {@link
 * TokenIntrospectionServlet} in front of tokens that are kept elsewhere. Must be thread-safe.
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
