package dev.gatehouse.authorizationserver.store;

import java.time.Instant;
import java.util.Optional;

/** Stores log-ins by the hash of the browser's cookie. Must be thread-safe. */
public interface SessionStore {
  /**
   * Stores a log-in.
   *
   * @param cookie the hash of the cookie that the browser was given
   * @param session the log-in
   */
  void save(TokenHash cookie, LoginSession session);

  /**
   * Finds a log-in, also one that has expired.
   *
   * @param cookie as a browser sent it, any text
   * @return empty when there is none
   */
  Optional<LoginSession> find(OpaqueToken cookie);

  /**
   * Ends a log-in.
   *
   * @param cookie the hash of the cookie
   */
  void end(TokenHash cookie);

  /**
   * Deletes what has expired.
   *
   * @param now deletes what expired at or before this instant
   */
  void sweep(Instant now);
}
