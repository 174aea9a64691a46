package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A log-in in one browser.
 *
 * @param subject the user's {@code sub}
 * @param username the user's name
 * @param expiresAt the first instant at which the user must log in again
 */
public record LoginSession(String subject, String username, Instant expiresAt) {
  /**
   * Restores a stored value.
   *
   * @param subject the user's {@code sub}
   * @param username the user's name
   * @param expiresAt the first instant at which the user must log in again
   */
  public LoginSession {
    requireNonNull(subject, "subject");
    requireNonNull(username, "username");
    requireNonNull(expiresAt, "expiresAt");
  }
}
