package dev.gatehouse.authorizationserver.store;

/** Whether a token still stands. Time is not part of it: an expired token can have any status. */
public enum TokenStatus {
  /** Nothing speaks against it. */
  GOOD,
  /** A refresh token that has been exchanged for its successor. */
  ROTATED,
  /** It, or the grant that it came from, has been revoked. */
  REVOKED
}
