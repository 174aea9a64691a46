package dev.gatehouse.internal.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.gatehouse.internal.syntax.Base64Url;
import dev.gatehouse.internal.syntax.CompactJws;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The public key in the header of a proof (RFC 9449 §4.2):
 *
 * <pre>
 * {"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4…"}
 * </pre>
 *
 * <p>Nimbus checks the signatures; those with EdDSA are the JDK's task, because Nimbus needs
 * another library for them.
 *
 * @param first {@code x}, or the modulus {@code n} of an RSA key
 * @param second {@code y}, or the exponent {@code e} of an RSA key; empty for EdDSA
 */
record ProofKey(ProofAlgorithm algorithm, String first, String second) {

  /** Members with which a key is private or symmetric (RFC 7518 §6), of any key type. */
  private static final List<String> PRIVATE =
      List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv");

  private static final int MIN_RSA_BITS = 2048; // RFC 7518 §3.3

  /** Checking a signature with a larger key takes too long. */
  private static final int MAX_RSA_BITS = 8192;

  /** Larger exponents, which nobody uses, make each check as slow as signing. */
  private static final int MAX_EXPONENT_BITS = 33;

  /** The DER of an Ed25519 key before its 32 bytes (RFC 8410 §4). */
  private static final byte[] ED25519 = {
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
  };

  /**
   * Reads a key that belongs to the algorithm.
   *
   * @param jwk the {@code jwk} of the header; null if absent
   */
  static ProofKey read(@Nullable JsonNode jwk, ProofAlgorithm algorithm)
      throws InvalidProofException {
    if (jwk == null || !jwk.isObject()) {
      throw new InvalidProofException("the proof's header has no jwk");
    }
    if (PRIVATE.stream().anyMatch(jwk::has)) {
      throw new InvalidProofException("the proof's jwk is not a public key");
    }
    if (!algorithm.keyType().equals(jwk.path("kty").textValue())
        || (jwk.has("alg") && !algorithm.text().equals(jwk.path("alg").textValue()))
        || (jwk.has("use") && !"sig".equals(jwk.path("use").textValue()))
        || (jwk.has("key_ops") && !mayVerify(jwk.path("key_ops")))) {
      throw new InvalidProofException("the proof's jwk is no key for " + algorithm.text());
    }
    if (algorithm.curve() == null) {
      return rsa(jwk, algorithm);
    }
    if (!algorithm.curve().equals(jwk.path("crv").textValue())) {
      throw new InvalidProofException("the proof's jwk is no key for " + algorithm.text());
    }
    return new ProofKey(
        algorithm,
        coordinate(jwk, "x", algorithm),
        algorithm.keyType().equals("EC") ? coordinate(jwk, "y", algorithm) : "");
  }

  private static boolean mayVerify(JsonNode operations) {
    for (JsonNode operation : operations) {
      if ("verify".equals(operation.textValue())) {
        return true;
      }
    }
    return false;
  }

  private static ProofKey rsa(JsonNode jwk, ProofAlgorithm algorithm) throws InvalidProofException {
    BigInteger modulus = integer(jwk, "n");
    BigInteger exponent = integer(jwk, "e");
    if (modulus.bitLength() < MIN_RSA_BITS || modulus.bitLength() > MAX_RSA_BITS) {
      throw new InvalidProofException(
          "the proof's RSA key has " + modulus.bitLength() + " bits, not 2048 to 8192");
    }
    if (exponent.bitLength() < 2
        || exponent.bitLength() > MAX_EXPONENT_BITS
        || !exponent.testBit(0)) {
      throw new InvalidProofException("the proof's RSA key has an unusual exponent");
    }
    return new ProofKey(algorithm, text(jwk, "n"), text(jwk, "e"));
  }

  private static String coordinate(JsonNode jwk, String name, ProofAlgorithm algorithm)
      throws InvalidProofException {
    if (bytes(jwk, name).length != algorithm.coordinateLength()) {
      throw new InvalidProofException("the proof's jwk has an invalid " + name);
    }
    return text(jwk, name);
  }

  private static String text(JsonNode jwk, String name) {
    return String.valueOf(jwk.path(name).textValue());
  }

  /** RFC 7518 §2: no leading zeros, so that each key has one thumbprint. */
  private static BigInteger integer(JsonNode jwk, String name) throws InvalidProofException {
    byte[] bytes = bytes(jwk, name);
    if (bytes[0] == 0) {
      throw new InvalidProofException("the proof's jwk has an invalid " + name);
    }
    return new BigInteger(1, bytes);
  }

  private static byte[] bytes(JsonNode jwk, String name) throws InvalidProofException {
    String text = jwk.path(name).textValue();
    byte[] bytes = text == null ? null : Base64Url.decode(text);
    if (bytes == null || bytes.length == 0) {
      throw new InvalidProofException("the proof's jwk has an invalid " + name);
    }
    return bytes;
  }

  /** The SHA-256 thumbprint (RFC 7638 §3), in Base64url. */
  String thumbprint() {
    String json =
        switch (algorithm.keyType()) {
          case "RSA" -> "{\"e\":\"" + second + "\",\"kty\":\"RSA\",\"n\":\"" + first + "\"}";
          case "EC" ->
              "{\"crv\":\""
                  + algorithm.curve()
                  + "\",\"kty\":\"EC\",\"x\":\""
                  + first
                  + "\",\"y\":\""
                  + second
                  + "\"}";
          default -> "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + first + "\"}";
        };
    return Base64Url.encode(sha256(json.getBytes(StandardCharsets.US_ASCII)));
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Checks the signature of a proof, which takes far longer than all other checks together. */
  boolean verifies(CompactJws proof) {
    try {
      return algorithm.keyType().equals("OKP") ? verifiesEdDsa(proof) : verifiesWithNimbus(proof);
    } catch (JOSEException
        | GeneralSecurityException
        | IllegalArgumentException
        | IllegalStateException e) {
      return false; // no point of the curve, a signature of another length, and the like
    }
  }

  private boolean verifiesWithNimbus(CompactJws proof) throws JOSEException {
    JWSVerifier verifier =
        algorithm.curve() == null
            ? new RSASSAVerifier(
                new RSAKey.Builder(new Base64URL(first), new Base64URL(second)).build())
            : new ECDSAVerifier(
                new ECKey.Builder(
                        Curve.parse(algorithm.curve()), new Base64URL(first), new Base64URL(second))
                    .build());
    return verifier.verify(
        new JWSHeader(JWSAlgorithm.parse(algorithm.text())),
        proof.signingInput(),
        Base64URL.encode(proof.signature()));
  }

  private boolean verifiesEdDsa(CompactJws proof) throws GeneralSecurityException {
    byte[] key = Base64Url.decode(first);
    if (key == null) {
      return false;
    }
    byte[] der = new byte[ED25519.length + key.length];
    System.arraycopy(ED25519, 0, der, 0, ED25519.length);
    System.arraycopy(key, 0, der, ED25519.length, key.length);
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(
        KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der)));
    signature.update(proof.signingInput());
    return signature.verify(proof.signature());
  }
}
