package dev.gatehouse.internal.proof;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The signature algorithms of proofs: asymmetric ones that every supported JDK has. */
public enum ProofAlgorithm {
  ES256("EC", "P-256", 32),
  ES384("EC", "P-384", 48),
  ES512("EC", "P-521", 66),
  PS256,
  PS384,
  PS512,
  RS256,
  RS384,
  RS512,
  /** RFC 8037 §3.1; here with Ed25519 only. */
  EDDSA("OKP", "Ed25519", 32) {
    @Override
    public String text() {
      return "EdDSA";
    }
  },
  /** RFC 9864 §2.2. */
  ED25519("OKP", "Ed25519", 32) {
    @Override
    public String text() {
      return "Ed25519";
    }
  };

  private final String keyType;
  private final @Nullable String curve;
  private final int coordinateLength;

  ProofAlgorithm() {
    this("RSA", null, 0);
  }

  ProofAlgorithm(String keyType, @Nullable String curve, int coordinateLength) {
    this.keyType = keyType;
    this.curve = curve;
    this.coordinateLength = coordinateLength;
  }

  /** The name in a JOSE header. */
  public String text() {
    return name();
  }

  /** The {@code kty} of its keys. */
  String keyType() {
    return keyType;
  }

  /** The {@code crv} of its keys; null for RSA. */
  @Nullable String curve() {
    return curve;
  }

  /** The number of bytes of a coordinate (RFC 7518 §6.2.1.2). */
  int coordinateLength() {
    return coordinateLength;
  }

  /**
   * The algorithm with this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ProofAlgorithm parse(String text) {
    for (ProofAlgorithm algorithm : values()) {
      if (algorithm.text().equals(text)) {
        return algorithm;
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is unknown, or not asymmetric; write some of "
            + Arrays.stream(values()).map(ProofAlgorithm::text).collect(Collectors.joining(" ")));
  }

  /** The names, as in metadata. */
  public static List<String> names(List<ProofAlgorithm> algorithms) {
    return algorithms.stream().map(ProofAlgorithm::text).toList();
  }
}
