package dev.gatehouse.internal.jwt;

import org.jspecify.annotations.Nullable;

/**
 * The signature algorithms that can be accepted: all registered asymmetric ones that the JDK has.
 * Neither {@code none} nor HMAC is among them (RFC 8725 §3.2), so no setting can allow those.
 */
public enum SignatureAlgorithm {
  RS256("RS256", KeyKind.RSA),
  RS384("RS384", KeyKind.RSA),
  RS512("RS512", KeyKind.RSA),
  PS256("PS256", KeyKind.RSA),
  PS384("PS384", KeyKind.RSA),
  PS512("PS512", KeyKind.RSA),
  ES256("ES256", KeyKind.P_256),
  ES384("ES384", KeyKind.P_384),
  ES512("ES512", KeyKind.P_521),
  /** RFC 8037; here with Ed25519 alone. */
  EDDSA("EdDSA", KeyKind.ED25519),
  /** The newer name of the same (RFC 9864 §2.2). */
  ED25519("Ed25519", KeyKind.ED25519);

  /** The kinds of keys (RFC 7518 §6, RFC 8037 §2): {@code kty} and {@code crv}. */
  enum KeyKind {
    RSA,
    P_256,
    P_384,
    P_521,
    ED25519
  }

  private final String joseName;
  private final KeyKind keys;

  SignatureAlgorithm(String joseName, KeyKind keys) {
    this.joseName = joseName;
    this.keys = keys;
  }

  /** The name in {@code alg} (RFC 7518 §3.1): {@code ES256}, {@code EdDSA}. */
  public String joseName() {
    return joseName;
  }

  /** The algorithm with exactly this name; null if there is none here. */
  public static @Nullable SignatureAlgorithm named(String joseName) {
    for (SignatureAlgorithm each : values()) {
      if (each.joseName.equals(joseName)) {
        return each;
      }
    }
    return null;
  }

  /** Whether keys of this kind are used with the algorithm. */
  boolean fits(KeyKind kind) {
    return keys == kind;
  }

  /** Whether a key that names this algorithm may be used with the other one. */
  boolean isSameAs(SignatureAlgorithm other) {
    return this == other || (keys == KeyKind.ED25519 && other.keys == KeyKind.ED25519);
  }
}
