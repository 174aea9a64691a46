package dev.gatehouse.authorizationserver.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A token, code or cookie value as its holder knows it. It is opaque to stores and must never be
 * logged.
 *
 * <p>Issued values are 256 random bits in base64url, or signed JWTs; presented ones can be any
 * text. Immutable.
 *
 * @param value the token as it goes over the wire
 */
public record OpaqueToken(String value) {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Wraps a presented value.
   *
   * @param value the token as it came over the wire
   */
  public OpaqueToken {
    requireNonNull(value, "value");
  }

  /**
   * Creates a random value that cannot be guessed (RFC 6749 §10.10).
   *
   * @return 256 random bits, 43 characters of base64url
   */
  public static OpaqueToken random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new OpaqueToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /**
   * Returns the hash, which is all that a store may contain.
   *
   * @return the SHA-256
   */
  public TokenHash hash() {
    return TokenHash.of(value);
  }

  /**
   * Computes another token, which says nothing about this one, and which only those can compute who
   * know both this token and the text.
   *
   * @param text what the other token is for
   * @return the same token each time, 43 characters of base64url
   * @throws IllegalArgumentException when this token is empty
   */
  public OpaqueToken derive(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(value.getBytes(UTF_8), ALGORITHM));
      return new OpaqueToken(
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(mac.doFinal(text.getBytes(UTF_8))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  /** Prints the beginning of the hash, never the value. */
  @Override
  public String toString() {
    return "OpaqueToken[" + hash() + "]";
  }
}
