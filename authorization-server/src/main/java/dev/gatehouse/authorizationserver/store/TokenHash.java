package dev.gatehouse.authorizationserver.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What is kept of a token, a code or a cookie: its SHA-256, base64url, 43 characters.
 *
 * <p>The values hashed are 256 random bits, so that a plain hash can be looked up by key and still
 * can't be turned back: there is nothing to guess. Immutable.
 *
 * @param value the hash in base64url without padding
 */
public record TokenHash(String value) {
  private static final int LENGTH = 43;

  /**
   * Takes a hash as a store gives it back.
   *
   * @param value the hash in base64url without padding
   * @throws IllegalArgumentException when this can't be a SHA-256, most likely because the token
   *     itself was passed
   */
  public TokenHash {
    if (value.length() != LENGTH || !value.matches("[A-Za-z0-9_-]+")) {
      // The value may be a token: it must not get into the message.
      throw new IllegalArgumentException(
          "a token hash is "
              + LENGTH
              + " characters of base64url; write TokenHash.of(token) to make one");
    }
  }

  /**
   * Hashes a value that somebody presented.
   *
   * @param secret the token, code or cookie as it came over the wire
   * @return what a store knows it by
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

  /**
   * The first eight characters: enough to follow a token through the log, too little to find it.
   */
  @Override
  public String toString() {
    return "TokenHash[" + value.substring(0, 8) + "…]";
  }
}
