package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * A browser in which somebody has logged in.
 *
 * @param subject who
 * @param username the readable name
 * @param expiresAt the first instant at which they must log in again
 */
public record LoginSession(String subject, String username, Instant expiresAt) {
  /**
   * Takes what a store has kept.
   *
   * @param subject who
   * @param username the readable name
   * @param expiresAt the first instant at which they must log in again
   */
  public LoginSession {
    requireNonNull(subject, "subject");
    requireNonNull(username, "username");
    requireNonNull(expiresAt, "expiresAt");
  }
}
