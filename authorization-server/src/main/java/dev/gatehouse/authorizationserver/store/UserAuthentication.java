package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * When and how strongly a user authenticated (RFC 9470 §6).
 *
 * @param time when the user authenticated, the {@code auth_time}; never changes, however often a
 *     token is refreshed
 * @param acr the authentication context class, the {@code acr}
 */
public record UserAuthentication(Instant time, String acr) {
  /**
   * Restores a stored value.
   *
   * @param time when the user authenticated
   * @param acr the authentication context class
   */
  public UserAuthentication {
    requireNonNull(time, "time");
    requireNonNull(acr, "acr");
  }
}
