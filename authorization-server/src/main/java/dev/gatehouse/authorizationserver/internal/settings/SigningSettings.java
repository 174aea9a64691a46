package dev.gatehouse.authorizationserver.internal.settings;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import dev.gatehouse.authorizationserver.store.SigningAlgorithm;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the server signs, and with which keys.
 *
 * @param jwtAccessTokens whether access tokens are JWTs (RFC 9068)
 * @param algorithm the algorithm of new keys
 * @param keyLifetime how long a key signs
 * @param store the keys, unless there is a configured one
 * @param configuredKey signs always; {@code null} when keys rotate
 */
public record SigningSettings(
    boolean jwtAccessTokens,
    SigningAlgorithm algorithm,
    Duration keyLifetime,
    SigningKeyStore store,
    @Nullable ECKey configuredKey) {
  public static final Duration DEFAULT_KEY_LIFETIME = Duration.ofDays(30);

  /** How long anyone may use a copy of the published keys. */
  public static final Duration KEY_SET_MAX_AGE = Duration.ofMinutes(5);

  /** Longer than a new key waits, so that there are never many. */
  private static final Duration MIN_KEY_LIFETIME = Duration.ofHours(1);

  private static final Duration MAX_KEY_LIFETIME = Duration.ofDays(3_660);

  /** The key that signs always; empty when keys rotate. */
  public Optional<ECKey> fixedKey() {
    return Optional.ofNullable(configuredKey);
  }

  /** Lists every invalid value; {@link ServerSettings} refuses to be built with any. */
  List<String> errors() {
    List<String> errors = new ArrayList<>();
    if (configuredKey != null) {
      errors.addAll(keyErrors(configuredKey));
      if (algorithm != SigningAlgorithm.ES256) {
        errors.add(
            "signingAlgorithm: "
                + algorithm
                + " does not fit signingKey, which is for ES256; write signingKeyStore instead");
      }
    }
    if (keyLifetime.compareTo(MIN_KEY_LIFETIME) < 0
        || keyLifetime.compareTo(MAX_KEY_LIFETIME) > 0) {
      errors.add(
          "signingKeyLifetime: "
              + keyLifetime
              + " is not from an hour up to ten years; write such a time, such as P30D");
    }
    return errors;
  }

  /** Lists what is wrong with a key for ES256: otherwise each signature would fail. */
  public static List<String> keyErrors(ECKey key) {
    return Curve.P_256.equals(key.getCurve()) && key.isPrivate() && key.getKeyID() != null
        ? List.of()
        : List.of(
            "signingKey: is not a private key on P-256 with a key id; generate one with"
                + " new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true)");
  }

  /** Omits the key. */
  @Override
  public String toString() {
    return "SigningSettings[" + jwtAccessTokens + ", " + algorithm + ", " + keyLifetime + "]";
  }
}
