package dev.gatehouse.authorizationserver.store;

/** The algorithms with which the authorization server can sign (RFC 7518 §3.1). */
public enum SigningAlgorithm {
  /** ECDSA on the curve P-256 with SHA-256: short signatures. */
  ES256,
  /** RSASSA-PKCS1-v1_5 with SHA-256 and 2048 bits: for resource servers that know no other. */
  RS256
}
