package dev.gatehouse.authorizationserver.store;

import java.time.Instant;
import java.util.Optional;

/** Where log-ins are kept, by the hash of the browser's cookie. Must be thread-safe. */
public interface SessionStore {
  /**
   * Keeps a log-in.
   *
   * @param cookie the hash of the cookie that the browser was given
   * @param session who logged in
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
   * Forgets what has expired.
   *
   * @param now whatever expired at or before this instant goes
   */
  void sweep(Instant now);
}
