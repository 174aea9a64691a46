package dev.gatehouse.authorizationserver.store;

/** The status of a token apart from its lifetime: an expired token can have any status. */
public enum TokenStatus {
  /** Neither exchanged nor revoked. */
  GOOD,
  /** A refresh token that has been exchanged for its successor. */
  ROTATED,
  /** It, or the grant that it came from, has been revoked. */
  REVOKED
}
