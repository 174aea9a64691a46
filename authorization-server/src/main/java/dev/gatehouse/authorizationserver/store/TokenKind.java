package dev.gatehouse.authorizationserver.store;

/** Access or refresh token. */
public enum TokenKind {
  /** Presented to a resource server (RFC 6749 §1.4). */
  ACCESS,
  /** Presented to the authorization server alone, for new access tokens (RFC 6749 §1.5). */
  REFRESH
}
