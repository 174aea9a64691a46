package dev.gatehouse.authorizationserver.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The SHA-256 of a token, a code or a cookie: what a store contains. 43 characters of base64url.
 *
 * <p>The hashed values are 256 random bits, or contain a signature, so a hash without salt is
 * enough: they cannot be guessed. Immutable.
 *
 * @param value the hash in base64url without padding
 */
public record TokenHash(String value) {
  private static final int LENGTH = 43;

  /**
   * Restores a stored hash.
   *
   * @param value the hash in base64url without padding
   * @throws IllegalArgumentException when this can't be a SHA-256, most likely because the token
   *     itself was passed
   */
  public TokenHash {
    if (value.length() != LENGTH || !value.matches("[A-Za-z0-9_-]+")) {
      // The value may be a token: it must not get into the message.
      throw new IllegalArgumentException(
          "a token hash is " + LENGTH + " characters of base64url; write TokenHash.of(token)");
    }
  }

  /**
   * Hashes a presented value.
   *
   * @param secret the token, code or cookie as it came over the wire
   * @return the key to look it up with
   */
  public static TokenHash of(String secret) {
    return new TokenHash(
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(sha256().digest(secret.getBytes(UTF_8))));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The first eight characters: enough to recognize a token in the log, too few to look it up. */
  @Override
  public String toString() {
    return "TokenHash[" + value.substring(0, 8) + "…]";
  }
}
