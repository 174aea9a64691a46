package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import java.time.Instant;

/**
 * A key that signs access tokens and introspection responses. Contains the private key. Immutable.
 *
 * @param number counts the keys of an issuer, from 1
 * @param key the private key, with {@code kid} and {@code alg}
 * @param publishedAt when it was created and published
 * @param signsFrom when it takes over from the key before; not earlier than {@code publishedAt}, so
 *     that resource servers know it by then
 */
public record SigningKey(long number, JWK key, Instant publishedAt, Instant signsFrom) {
  /**
   * Restores a stored value.
   *
   * @param number counts the keys of an issuer
   * @param key the private key, with {@code kid} and {@code alg}
   * @param publishedAt when it was created and published
   * @param signsFrom when it takes over from the key before
   * @throws IllegalArgumentException when the key can't sign or is not named
   */
  public SigningKey {
    requireNonNull(publishedAt, "publishedAt");
    if (!(key instanceof AsymmetricJWK)
        || !key.isPrivate()
        || key.getKeyID() == null
        || key.getAlgorithm() == null) {
      throw new IllegalArgumentException(
          "signing key " + number + " is not a private key with kid and alg");
    }
    if (signsFrom.isBefore(publishedAt)) {
      throw new IllegalArgumentException(
          "signing key " + number + " would sign before it is published");
    }
  }

  /**
   * Returns the key's id.
   *
   * @return the {@code kid}
   */
  public String id() {
    return requireNonNull(key.getKeyID(), "kid");
  }

  /**
   * Returns the algorithm that the key is for.
   *
   * @return the name of a {@link SigningAlgorithm}
   */
  public Algorithm algorithm() {
    return requireNonNull(key.getAlgorithm(), "alg");
  }

  /** Contains the id and the times, not the key. */
  @Override
  public String toString() {
    return "SigningKey[" + number + ", " + id() + ", signs from " + signsFrom + "]";
  }
}
