package dev.gatehouse.authorizationserver.store;

import java.time.Instant;

/**
 * Detects values that are used twice. Must be thread-safe, and shared by nodes that share an
 * issuer.
 */
@FunctionalInterface
public interface ReplayGuard {
  /**
   * Records the use of a value, atomically.
   *
   * @param what the hash of the value, such as the {@code jti} of a client's assertion (RFC 7523
   *     §3)
   * @param until when the value expires and its record may be deleted
   * @return true for the first use, so for exactly one caller
   * @throws StoreUnavailableException when the store cannot be reached
   */
  boolean markUsed(TokenHash what, Instant until);
}
