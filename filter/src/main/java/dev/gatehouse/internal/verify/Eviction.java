package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;

/** Tells which tokens an eviction concerns: one, those of a user or of a client, or all. */
@FunctionalInterface
public interface Eviction {

  /**
   * Whether the eviction concerns this token.
   *
   * @param result the result with which the token was admitted
   */
  boolean covers(BearerToken token, VerificationResult.Active result);
}
