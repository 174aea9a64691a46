package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * A token as its holder knows it: means nothing, says nothing, and must never be printed.
 *
 * <p>Ours are 256 random bits in base64url; one that somebody presents can be any text. Immutable.
 *
 * @param value the token as it goes over the wire
 */
public record OpaqueToken(String value) {
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Takes what somebody presented.
   *
   * @param value the token as it came over the wire
   */
  public OpaqueToken {
    requireNonNull(value, "value");
  }

  /**
   * Makes a new one that nobody can guess (RFC 6749 §10.10).
   *
   * @return 256 random bits, 43 characters of base64url
   */
  public static OpaqueToken random() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new OpaqueToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /**
   * Gives what a store may know of it.
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
