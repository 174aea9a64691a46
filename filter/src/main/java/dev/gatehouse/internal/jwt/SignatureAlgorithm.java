package dev.gatehouse.internal.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import org.jspecify.annotations.Nullable;

/**
 * The signature algorithms that can be accepted: all registered asymmetric ones that the JDK has.
 * Neither {@code none} nor HMAC is among them (RFC 8725 §3.2), so no setting can allow those.
 */
public enum SignatureAlgorithm {
  RS256(JWSAlgorithm.RS256, KeyType.RSA, null),
  RS384(JWSAlgorithm.RS384, KeyType.RSA, null),
  RS512(JWSAlgorithm.RS512, KeyType.RSA, null),
  PS256(JWSAlgorithm.PS256, KeyType.RSA, null),
  PS384(JWSAlgorithm.PS384, KeyType.RSA, null),
  PS512(JWSAlgorithm.PS512, KeyType.RSA, null),
  ES256(JWSAlgorithm.ES256, KeyType.EC, Curve.P_256),
  ES384(JWSAlgorithm.ES384, KeyType.EC, Curve.P_384),
  ES512(JWSAlgorithm.ES512, KeyType.EC, Curve.P_521),
  /** RFC 8037; here with Ed25519 alone. */
  EDDSA(JWSAlgorithm.EdDSA, KeyType.OKP, Curve.Ed25519),
  /** The newer name of the same (RFC 9864 §2.2). */
  ED25519(JWSAlgorithm.Ed25519, KeyType.OKP, Curve.Ed25519);

  /** The {@code kty} of a key (RFC 7518 §6.1, RFC 8037 §2). */
  enum KeyType {
    RSA,
    EC,
    OKP
  }

  private final JWSAlgorithm algorithm;
  private final JWSHeader header;
  private final KeyType keyType;
  private final @Nullable Curve curve;

  SignatureAlgorithm(JWSAlgorithm algorithm, KeyType keyType, @Nullable Curve curve) {
    this.algorithm = algorithm;
    this.header = new JWSHeader(algorithm);
    this.keyType = keyType;
    this.curve = curve;
  }

  /** The name in {@code alg} (RFC 7518 §3.1): {@code ES256}, {@code EdDSA}. */
  public String joseName() {
    return algorithm.getName();
  }

  /** The algorithm with exactly this name; null if there is none here. */
  public static @Nullable SignatureAlgorithm named(String joseName) {
    for (SignatureAlgorithm each : values()) {
      if (each.joseName().equals(joseName)) {
        return each;
      }
    }
    return null;
  }

  /** Whether keys of this kind are used with the algorithm. */
  boolean fits(KeyType type, @Nullable Curve ofKey) {
    return keyType == type && (curve == null || curve.equals(ofKey));
  }

  /** Whether a key that names this algorithm may be used with the other one. */
  boolean isSameAs(SignatureAlgorithm other) {
    return this == other || (keyType == KeyType.OKP && other.keyType == KeyType.OKP);
  }

  /** A header with nothing but the algorithm, for Nimbus's verifiers. */
  JWSHeader header() {
    return header;
  }
}
