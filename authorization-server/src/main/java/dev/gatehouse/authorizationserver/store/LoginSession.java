package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A log-in in one browser.
 *
 * @param subject the user's {@code sub}
 * @param username the user's name
 * @param authentication when and how strongly the user authenticated; {@code null} for log-ins that
 *     an earlier version has stored
 * @param request the hash of the authorization request that the user logged in for, which may have
 *     required this very log-in; {@code null} for log-ins that an earlier version has stored
 * @param expiresAt the first instant at which the user must log in again
 */
public record LoginSession(
    String subject,
    String username,
    @Nullable UserAuthentication authentication,
    @Nullable TokenHash request,
    Instant expiresAt) {
  /**
   * Restores a stored value.
   *
   * @param subject the user's {@code sub}
   * @param username the user's name
   * @param authentication when and how strongly the user authenticated, if known
   * @param request the hash of the authorization request that the user logged in for, if known
   * @param expiresAt the first instant at which the user must log in again
   */
  public LoginSession {
    requireNonNull(subject, "subject");
    requireNonNull(username, "username");
    requireNonNull(expiresAt, "expiresAt");
  }
}
