package dev.gatehouse.internal.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.crypto.utils.ECChecks;
import com.nimbusds.jose.jwk.Curve;
import dev.gatehouse.internal.jwt.SignatureAlgorithm.KeyKind;
import dev.gatehouse.internal.syntax.Base64Url;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a public key for signatures from a JWK (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2).
 * Certificates in it are ignored: the key was fetched from the authorization server itself.
 */
final class PublicJwk {

  /** RFC 7518 §3.3. */
  private static final int MIN_RSA_BITS = 2048;

  /** Verification takes the square of the length. */
  private static final int MAX_RSA_BITS = 8192;

  /** The usual one is 65537; verification takes as long as the exponent. */
  private static final int MAX_EXPONENT_BITS = 33;

  private static final int ED25519_BYTES = 32;

  /** The members of a private key (RFC 7518 §6.2.2, §6.3.2) and of a secret key (§6.4.1). */
  private static final List<String> PRIVATE = List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

  /** A key can't be used; the message says why. */
  static final class UnusableKeyException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableKeyException(String problem) {
      super(problem);
    }
  }

  private final JsonNode jwk;

  private PublicJwk(JsonNode jwk) {
    this.jwk = jwk;
  }

  static ServerKey read(JsonNode jwk) throws UnusableKeyException {
    if (!jwk.isObject()) {
      throw new UnusableKeyException("not an object");
    }
    return new PublicJwk(jwk).read();
  }

  private ServerKey read() throws UnusableKeyException {
    for (String name : PRIVATE) {
      if (jwk.has(name)) {
        throw new UnusableKeyException("the key is not public: it has " + name);
      }
    }
    if (jwk.has("use") && !"sig".equals(jwk.get("use").textValue())) { // RFC 7517 §4.2
      throw new UnusableKeyException("its use is not sig");
    }
    if (jwk.has("key_ops") && !hasVerify(jwk.get("key_ops"))) { // RFC 7517 §4.3
      throw new UnusableKeyException("its key_ops lack verify");
    }
    String id = text("kid");
    SignatureAlgorithm only = algorithm();
    try {
      ServerKey key =
          switch (String.valueOf(text("kty"))) {
            case "RSA" -> new ServerKey(id, KeyKind.RSA, only, rsa());
            case "EC" -> ec(id, only);
            case "OKP" -> new ServerKey(id, KeyKind.ED25519, only, ed25519());
            default -> throw new UnusableKeyException("its kty is not known");
          };
      if (only != null && !key.fits(only)) {
        throw new UnusableKeyException("its alg does not fit the kind of key");
      }
      return key;
    } catch (GeneralSecurityException | JOSEException e) {
      throw new UnusableKeyException("the JDK refuses it: " + e.getClass().getSimpleName());
    }
  }

  private static boolean hasVerify(JsonNode operations) {
    for (JsonNode operation : operations) {
      if ("verify".equals(operation.textValue())) {
        return true;
      }
    }
    return false;
  }

  private @Nullable SignatureAlgorithm algorithm() throws UnusableKeyException {
    String name = text("alg");
    SignatureAlgorithm algorithm = name == null ? null : SignatureAlgorithm.named(name);
    if (name != null && algorithm == null) {
      throw new UnusableKeyException("its alg is not supported");
    }
    return algorithm;
  }

  private @Nullable String text(String name) throws UnusableKeyException {
    JsonNode value = jwk.get(name);
    if (value != null && !value.isTextual()) {
      throw new UnusableKeyException("its " + name + " is not a string");
    }
    return value == null ? null : value.textValue();
  }

  private byte[] bytes(String name) throws UnusableKeyException {
    String text = text(name);
    byte[] bytes = text == null ? null : Base64Url.decode(text);
    if (bytes == null || bytes.length == 0) {
      throw new UnusableKeyException("its " + name + " is missing or not canonical Base64url");
    }
    return bytes;
  }

  private ServerKey.Check rsa() throws UnusableKeyException, GeneralSecurityException {
    BigInteger modulus = new BigInteger(1, bytes("n"));
    BigInteger exponent = new BigInteger(1, bytes("e"));
    if (modulus.bitLength() < MIN_RSA_BITS || modulus.bitLength() > MAX_RSA_BITS) {
      throw new UnusableKeyException(
          "RSA with %d bits, not %d to %d"
              .formatted(modulus.bitLength(), MIN_RSA_BITS, MAX_RSA_BITS));
    }
    if (!modulus.testBit(0)
        || !exponent.testBit(0)
        || exponent.equals(BigInteger.ONE)
        || exponent.bitLength() > MAX_EXPONENT_BITS) {
      throw new UnusableKeyException("RSA with an unusual modulus or exponent");
    }
    return ServerKey.nimbus(
        new RSASSAVerifier(
            (RSAPublicKey)
                KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(modulus, exponent))));
  }

  private ServerKey ec(@Nullable String id, @Nullable SignatureAlgorithm only)
      throws UnusableKeyException, GeneralSecurityException, JOSEException {
    String curve = String.valueOf(text("crv"));
    KeyKind kind =
        switch (curve) {
          case "P-256" -> KeyKind.P_256;
          case "P-384" -> KeyKind.P_384;
          case "P-521" -> KeyKind.P_521;
          default -> throw new UnusableKeyException("its crv is not known");
        };
    ECParameterSpec parameters = Curve.parse(curve).toECParameterSpec();
    int length = (parameters.getCurve().getField().getFieldSize() + 7) / Byte.SIZE;
    byte[] x = bytes("x");
    byte[] y = bytes("y");
    ECPoint point = new ECPoint(new BigInteger(1, x), new BigInteger(1, y));
    if (x.length != length // RFC 7518 §6.2.1.2
        || y.length != length
        || !ECChecks.isPointOnCurve(point.getAffineX(), point.getAffineY(), parameters)) {
      throw new UnusableKeyException("not a point on its curve");
    }
    PublicKey key =
        KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, parameters));
    return new ServerKey(id, kind, only, ServerKey.nimbus(new ECDSAVerifier((ECPublicKey) key)));
  }

  private ServerKey.Check ed25519() throws UnusableKeyException, GeneralSecurityException {
    if (!"Ed25519".equals(text("crv"))) {
      throw new UnusableKeyException("its crv is not known");
    }
    byte[] x = bytes("x");
    if (x.length != ED25519_BYTES) {
      throw new UnusableKeyException("its x has not " + ED25519_BYTES + " bytes");
    }
    // RFC 8032 §5.1.2: y in little-endian, and the sign of x in the highest bit.
    boolean odd = x[ED25519_BYTES - 1] < 0;
    byte[] y = new byte[ED25519_BYTES];
    for (int i = 0; i < ED25519_BYTES; i++) {
      y[i] = x[ED25519_BYTES - 1 - i];
    }
    y[0] &= 0x7F;
    return ServerKey.ed25519(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(
                new EdECPublicKeySpec(
                    NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, y)))));
  }
}
