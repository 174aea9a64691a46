package dev.gatehouse.internal.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.util.Base64URL;
import dev.gatehouse.internal.jwt.SignatureAlgorithm.KeyKind;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A public key of an authorization server. The key decides which algorithms it is used with, not
 * the JWT (RFC 8725 §3.1). This class is thread-safe.
 */
final class ServerKey {

  /** Verifies signatures with one key. */
  @FunctionalInterface
  interface Check {
    boolean verify(SignatureAlgorithm algorithm, byte[] input, byte[] signature)
        throws GeneralSecurityException, JOSEException;
  }

  /** Headers with nothing but the algorithm: Nimbus's verifiers need no more. */
  private static final Map<SignatureAlgorithm, JWSHeader> HEADERS =
      Stream.of(SignatureAlgorithm.values())
          .collect(
              Collectors.toUnmodifiableMap(
                  Function.identity(),
                  algorithm -> new JWSHeader(JWSAlgorithm.parse(algorithm.joseName()))));

  private final @Nullable String id;
  private final KeyKind kind;
  private final @Nullable SignatureAlgorithm only;
  private final Check check;

  /**
   * Creates a key.
   *
   * @param id {@code kid}; null if the key has none
   * @param only {@code alg}, the only algorithm to use it with; null for any that fits
   */
  ServerKey(@Nullable String id, KeyKind kind, @Nullable SignatureAlgorithm only, Check check) {
    this.id = id;
    this.kind = kind;
    this.only = only;
    this.check = check;
  }

  /** Nimbus's verifier: of ECDSA, it refuses signatures with r or s equal to zero itself. */
  static Check nimbus(JWSVerifier verifier) {
    return (algorithm, input, signature) ->
        verifier.verify(HEADERS.get(algorithm), input, Base64URL.encode(signature));
  }

  /** The JDK's verifier, for which Nimbus would need another library. */
  static Check ed25519(PublicKey key) {
    return (algorithm, input, signature) -> {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key);
      verifier.update(input);
      return verifier.verify(signature);
    };
  }

  @Nullable String id() {
    return id;
  }

  /** Whether signatures with this algorithm may be of this key. */
  boolean fits(SignatureAlgorithm algorithm) {
    return algorithm.fits(kind) && (only == null || only.isSameAs(algorithm));
  }

  /** Whether the signature is this key's; the algorithm fits. */
  boolean hasSigned(UnverifiedJwt jwt) {
    try {
      return check.verify(
          jwt.header().algorithm(), jwt.jws().signingInput(), jwt.jws().signature());
    } catch (GeneralSecurityException | JOSEException e) {
      return false; // of another length, or out of range
    }
  }
}
