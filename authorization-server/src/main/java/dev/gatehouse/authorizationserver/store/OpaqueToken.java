package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * A token, code or cookie value as its holder knows it. It has no structure and must never be
 * logged.
 *
 * <p>Issued values are 256 random bits in base64url; presented ones can be any text. Immutable.
 *
 * @param value the token as it goes over the wire
 */
public record OpaqueToken(String value) {
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

  /** Prints the beginning of the hash, never the value. */
  @Override
  public String toString() {
    return "OpaqueToken[" + hash() + "]";
  }
}
