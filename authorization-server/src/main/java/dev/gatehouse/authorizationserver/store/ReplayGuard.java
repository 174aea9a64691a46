package dev.gatehouse.authorizationserver.store;

import java.time.Instant;

/** Remembers what may be used once. Must be thread-safe, and shared by nodes that share a name. */
@FunctionalInterface
public interface ReplayGuard {
  /**
   * Tells whether something is used for the first time, and remembers it in the same step.
   *
   * @param what the hash of what is used, such as a client's assertion with its {@code jti} (RFC
   *     7523 §3)
   * @param until when it expires of its own, and may be forgotten
   * @return true for exactly one caller
   * @throws StoreUnavailableException when nobody can tell just now
   */
  boolean markUsed(TokenHash what, Instant until);
}
