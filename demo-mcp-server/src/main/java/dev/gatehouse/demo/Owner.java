package dev.gatehouse.demo;

import dev.gatehouse.AuthInfo;
import java.util.Optional;

/**
 * Whose notes they are.
 *
 * <p>The issuer is part of it, because two authorization servers may both know an "alice"; so is
 * the kind, because a client may bear the name of a user.
 */
record Owner(String issuer, Kind kind, String name) {

  /** Whether the token spoke for a user, or the client came for itself. */
  enum Kind {
    USER,
    CLIENT
  }

  /**
   * The owner that a caller is: the user where the token names one, else the client.
   *
   * @return empty when the token names neither; such a caller has no notes
   */
  static Optional<Owner> of(AuthInfo caller) {
    String issuer = caller.issuer().orElse("");
    return caller
        .userId()
        .map(user -> new Owner(issuer, Kind.USER, user))
        .or(() -> caller.clientId().map(client -> new Owner(issuer, Kind.CLIENT, client)));
  }
}
