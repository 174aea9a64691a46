package dev.gatehouse.internal.clientauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The private key for {@code private_key_jwt}. {@code toString} does not print the key.
 *
 * @param algorithm of the JWK; otherwise RS256, ES256, ES384 or ES512, depending on the key
 * @param keyId {@code kid} of the JWK; null if there is none
 */
public record SigningKey(PrivateKey privateKey, JWSAlgorithm algorithm, @Nullable String keyId) {

  private static final String PEM_BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String PEM_END = "-----END PRIVATE KEY-----";

  /**
   * Parses a private JWK (RFC 7517), or PKCS #8 in PEM (RFC 7468 §10).
   *
   * @throws IllegalArgumentException with the error and nothing of the key
   */
  public static SigningKey parse(String text) {
    String stripped = text.strip();
    if (stripped.startsWith("{")) {
      return fromJwk(stripped);
    }
    if (stripped.startsWith(PEM_BEGIN) && stripped.endsWith(PEM_END)) {
      return fromPem(stripped.substring(PEM_BEGIN.length(), stripped.length() - PEM_END.length()));
    }
    throw new IllegalArgumentException(
        "holds neither a JWK nor '"
            + PEM_BEGIN
            + "'; convert it with 'openssl pkcs8 -topk8 -nocrypt'");
  }

  private static SigningKey fromJwk(String json) {
    try {
      JWK jwk = JWK.parse(json);
      if (!(jwk instanceof RSAKey || jwk instanceof ECKey) || !jwk.isPrivate()) {
        throw new IllegalArgumentException("holds a JWK that is not a private RSA or EC key");
      }
      PrivateKey key = ((AsymmetricJWK) jwk).toPrivateKey();
      JWSAlgorithm algorithm =
          jwk.getAlgorithm() == null
              ? algorithm(key)
              : JWSAlgorithm.parse(jwk.getAlgorithm().getName());
      return new SigningKey(key, algorithm, jwk.getKeyID());
    } catch (ParseException | JOSEException e) {
      throw new IllegalArgumentException("holds an invalid JWK", e);
    }
  }

  private static SigningKey fromPem(String base64) {
    PKCS8EncodedKeySpec spec;
    try {
      spec = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("holds a PEM block that is not Base64", e);
    }
    PrivateKey key = generate("RSA", spec);
    if (key == null) {
      key = generate("EC", spec);
    }
    if (key == null) {
      throw new IllegalArgumentException("holds a PEM block that is not an RSA or EC key");
    }
    return new SigningKey(key, algorithm(key), null);
  }

  /** Null if the key is of another type. */
  private static @Nullable PrivateKey generate(String type, PKCS8EncodedKeySpec spec) {
    try {
      return KeyFactory.getInstance(type).generatePrivate(spec);
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  private static JWSAlgorithm algorithm(PrivateKey key) {
    if (key instanceof RSAPrivateKey) {
      return JWSAlgorithm.RS256;
    }
    if (key instanceof ECPrivateKey elliptic) {
      Curve curve = Curve.forECParameterSpec(elliptic.getParams());
      if (Curve.P_256.equals(curve)) {
        return JWSAlgorithm.ES256;
      }
      if (Curve.P_384.equals(curve)) {
        return JWSAlgorithm.ES384;
      }
      if (Curve.P_521.equals(curve)) {
        return JWSAlgorithm.ES512;
      }
    }
    throw new IllegalArgumentException(
        "holds an EC key on an unsupported curve; use P-256, P-384 or P-521");
  }

  @Override
  public String toString() {
    return "SigningKey[" + algorithm + ", kid=" + keyId + "]";
  }
}
