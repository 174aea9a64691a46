package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

/**
 * A token to be stored: its hash and its data.
 *
 * @param hash the SHA-256 of the token
 * @param token the data of the token
 */
public record IssuedToken(TokenHash hash, StoredToken token) {
  /**
   * Combines both.
   *
   * @param hash the SHA-256 of the token
   * @param token the data of the token
   */
  public IssuedToken {
    requireNonNull(hash, "hash");
    requireNonNull(token, "token");
  }
}
