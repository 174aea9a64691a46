package dev.gatehouse.demo;

import dev.gatehouse.AuthInfo;
import java.util.Optional;

/**
 * The owner of notes.
 *
 * <p>Includes the issuer, because two authorization servers may each have a user "alice", and the
 * kind, because a client may have the same name as a user.
 */
record Owner(String issuer, Kind kind, String name) {

  /** Whether the token was issued for a user or for the client itself. */
  enum Kind {
    USER,
    CLIENT
  }

  /**
   * The owner for a caller: the user, or the client that acts on its own behalf.
   *
   * @return empty if the token identifies neither; such a caller has no notes
   */
  static Optional<Owner> of(AuthInfo caller) {
    String issuer = caller.issuer().orElse("");
    return switch (caller.caller()) {
      case USER -> caller.userId().map(user -> new Owner(issuer, Kind.USER, user));
      case CLIENT -> caller.clientId().map(client -> new Owner(issuer, Kind.CLIENT, client));
      case UNKNOWN -> Optional.empty(); // perhaps a user, whose notes must not be the client's
    };
  }
}
