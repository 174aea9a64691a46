package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

/**
 * A token on its way into a store: the hash it will be found by, and what it means.
 *
 * @param hash the SHA-256 of the token
 * @param token what it means
 */
public record IssuedToken(TokenHash hash, StoredToken token) {
  /**
   * Takes both.
   *
   * @param hash the SHA-256 of the token
   * @param token what it means
   */
  public IssuedToken {
    requireNonNull(hash, "hash");
    requireNonNull(token, "token");
  }
}
