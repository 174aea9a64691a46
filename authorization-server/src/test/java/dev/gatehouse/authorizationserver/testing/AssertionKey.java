package dev.gatehouse.authorizationserver.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A key with which a client signs its assertions (RFC 7523). */
public record AssertionKey(JWK key) {
  public static AssertionKey ec(@Nullable String keyId) {
    try {
      return new AssertionKey(new ECKeyGenerator(Curve.P_256).keyID(keyId).generate());
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  public static AssertionKey rsa(@Nullable String keyId) {
    try {
      return new AssertionKey(new RSAKeyGenerator(2048).keyID(keyId).generate());
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** The set of the public keys, in JSON. */
  public static String jwks(AssertionKey... keys) {
    return new JWKSet(Arrays.stream(keys).map(AssertionKey::key).toList())
        .toPublicJWKSet()
        .toString();
  }

  /** An assertion that is used once, for a minute. */
  public SignedJWT sign(String clientId, String audience, Instant now) {
    boolean isRsa = key instanceof RSAKey;
    SignedJWT assertion =
        new SignedJWT(
            new JWSHeader.Builder(isRsa ? JWSAlgorithm.RS256 : JWSAlgorithm.ES256)
                .keyID(key.getKeyID())
                .build(),
            new JWTClaimsSet.Builder()
                .issuer(clientId)
                .subject(clientId)
                .audience(audience)
                .expirationTime(Date.from(now.plusSeconds(60)))
                .jwtID(UUID.randomUUID().toString())
                .build());
    try {
      assertion.sign(isRsa ? new RSASSASigner(key.toRSAKey()) : new ECDSASigner(key.toECKey()));
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
    return assertion;
  }
}
