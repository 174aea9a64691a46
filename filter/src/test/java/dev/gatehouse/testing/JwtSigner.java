package dev.gatehouse.testing;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A key that an authorization server signs with, by plain JDK cryptography. Thread-safe. */
public final class JwtSigner {

  private static final Map<String, KeyPair> PAIRS = new ConcurrentHashMap<>();

  private final String algorithm;
  private final String keyId;
  private final KeyPair pair;

  private JwtSigner(String algorithm, String keyId, KeyPair pair) {
    this.algorithm = algorithm;
    this.keyId = keyId;
    this.pair = pair;
  }

  /** The key with this id, which is generated at its first use. */
  public static JwtSigner of(String algorithm, String keyId) {
    return ofSize(2048, algorithm, keyId);
  }

  /** The same, with so many bits if it is an RSA key. */
  public static JwtSigner ofSize(int rsaBits, String algorithm, String keyId) {
    String kind = algorithm.matches("[RP]S.*") ? "RSA" + rsaBits : algorithm;
    return new JwtSigner(
        algorithm,
        keyId,
        PAIRS.computeIfAbsent(kind + " " + keyId, name -> generate(rsaBits, algorithm)));
  }

  private static KeyPair generate(int rsaBits, String algorithm) {
    try {
      KeyPairGenerator generator;
      switch (algorithm) {
        case "ES256", "ES384", "ES512" -> {
          generator = KeyPairGenerator.getInstance("EC");
          generator.initialize(new ECGenParameterSpec("secp" + curveBits(algorithm) + "r1"));
        }
        case "EdDSA", "Ed25519" -> generator = KeyPairGenerator.getInstance("Ed25519");
        default -> {
          generator = KeyPairGenerator.getInstance("RSA");
          generator.initialize(rsaBits);
        }
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String curveBits(String algorithm) {
    return algorithm.equals("ES512") ? "521" : algorithm.substring(2);
  }

  /** The same key, used with another algorithm. */
  public JwtSigner with(String otherAlgorithm) {
    return new JwtSigner(otherAlgorithm, keyId, pair);
  }

  public String algorithm() {
    return algorithm;
  }

  public String keyId() {
    return keyId;
  }

  public PrivateKey privateKey() {
    return pair.getPrivate();
  }

  public PublicKey publicKey() {
    return pair.getPublic();
  }

  /** A JWK set with the public keys of these signers. */
  public static String jwks(JwtSigner... signers) {
    return jwksOf(Stream.of(signers).map(JwtSigner::jwk).toArray(String[]::new));
  }

  /** A JWK set of these JWKs. */
  public static String jwksOf(String... jwks) {
    return "{\"keys\":[" + String.join(",", jwks) + "]}";
  }

  /** The public JWK, in which {@code alg} is set. */
  public String jwk() {
    return jwk(Map.of("kid", keyId, "use", "sig", "alg", algorithm));
  }

  /** The public JWK with these further members, all of them strings. */
  public String jwk(Map<String, String> members) {
    return "{"
        + key()
        + members.entrySet().stream()
            .map(member -> ",\"%s\":\"%s\"".formatted(member.getKey(), member.getValue()))
            .collect(Collectors.joining())
        + "}";
  }

  private String key() {
    if (pair.getPublic() instanceof RSAPublicKey rsa) {
      return "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\""
          .formatted(base64(rsa.getModulus(), 0), base64(rsa.getPublicExponent(), 0));
    }
    if (pair.getPublic() instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      int length = (bits + 7) / 8;
      return "\"kty\":\"EC\",\"crv\":\"P-%d\",\"x\":\"%s\",\"y\":\"%s\""
          .formatted(
              bits, base64(ec.getW().getAffineX(), length), base64(ec.getW().getAffineY(), length));
    }
    byte[] encoded = ((EdECPublicKey) pair.getPublic()).getEncoded();
    return "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\""
        .formatted(base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
  }

  /** Signs a JWT with this header and payload, which need not be JSON. */
  public String sign(String header, String payload) {
    String input = base64(header) + "." + base64(payload);
    return input + "." + base64(signature(input));
  }

  /** The signature of a text. */
  public byte[] signature(String input) {
    try {
      Signature signature = instance(algorithm);
      signature.initSign(pair.getPrivate());
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** The JDK's implementation of an algorithm. */
  public static Signature instance(String algorithm) throws GeneralSecurityException {
    String bits = algorithm.substring(2);
    return switch (algorithm.substring(0, 2)) {
      case "RS" -> Signature.getInstance("SHA" + bits + "withRSA");
      case "ES" -> Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
      case "PS" -> {
        Signature pss = Signature.getInstance("RSASSA-PSS");
        pss.setParameter(
            new PSSParameterSpec(
                "SHA-" + bits,
                "MGF1",
                new MGF1ParameterSpec("SHA-" + bits),
                Integer.parseInt(bits) / 8,
                1));
        yield pss;
      }
      default -> Signature.getInstance("Ed25519");
    };
  }

  public static String base64(String text) {
    return base64(text.getBytes(StandardCharsets.UTF_8));
  }

  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** A positive number in as many bytes as it needs, or in this many. */
  private static String base64(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    int start = bytes[0] == 0 && bytes.length > 1 ? 1 : 0;
    byte[] padded = new byte[Math.max(length, bytes.length - start)];
    System.arraycopy(
        bytes, start, padded, padded.length - (bytes.length - start), bytes.length - start);
    return base64(padded);
  }
}
