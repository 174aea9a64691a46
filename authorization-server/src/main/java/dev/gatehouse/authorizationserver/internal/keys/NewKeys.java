package dev.gatehouse.authorizationserver.internal.keys;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.SigningAlgorithm;
import dev.gatehouse.authorizationserver.store.SigningKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Generates signing keys. */
final class NewKeys {
  private static final int RSA_BITS = 2048;
  private static final int ID_LENGTH = 16;

  private NewKeys() {}

  /** Times are whole milliseconds, which every store keeps. */
  static SigningKey create(
      SigningAlgorithm algorithm, long number, Instant publishedAt, Instant signsFrom) {
    return new SigningKey(
        number,
        generate(algorithm),
        publishedAt.truncatedTo(ChronoUnit.MILLIS),
        signsFrom.truncatedTo(ChronoUnit.MILLIS));
  }

  private static JWK generate(SigningAlgorithm algorithm) {
    try {
      return switch (algorithm) {
        case ES256 ->
            new ECKeyGenerator(Curve.P_256)
                .keyID(id())
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.ES256)
                .generate();
        case RS256 ->
            new RSAKeyGenerator(RSA_BITS)
                .keyID(id())
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.RS256)
                .generate();
      };
    } catch (JOSEException e) {
      throw new IllegalStateException("every Java platform has P-256 and RSA", e);
    }
  }

  /** Random, and short enough for the eye: nodes and restarts never use one twice. */
  private static String id() {
    return OpaqueToken.random().value().substring(0, ID_LENGTH);
  }
}
