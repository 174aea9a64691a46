package dev.gatehouse.authorizationserver.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.util.Optional;

/** Hashes and checks passwords with bcrypt, which is slow on purpose. */
public final class Passwords {
  /** 2^10 rounds, some 50 ms on a machine of 2026: the recommended minimum. */
  private static final int COST = 10;

  /** bcrypt ignores all bytes after these. */
  private static final int MAX_BYTES = 72;

  /** Checked when there is no such user, so that the response takes as long. */
  private static final String UNKNOWN_USER_HASH = hash(OpaqueToken.random().value());

  private Passwords() {}

  static String hash(String password) {
    if (password.getBytes(UTF_8).length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "the password is too long for bcrypt; write one of at most " + MAX_BYTES + " bytes");
    }
    if (!SecretText.isUnambiguous(password)) {
      throw new IllegalArgumentException(
          "the password contains control characters or halves of surrogate pairs; write one"
              + " without them");
    }
    return BCrypt.withDefaults().hashToString(COST, password.toCharArray());
  }

  /**
   * Checks a password in a time that does not depend on whether the user exists.
   *
   * @param user the user, empty when there is no such user
   * @param password the password as typed
   * @return false when there is no such user or the password is wrong, and for every password that
   *     is longer than 72 bytes or contains control characters
   */
  public static boolean matches(Optional<User> user, String password) {
    // bcrypt throws for an empty hash, as of a user without a password.
    String expected =
        user.map(User::passwordHash).filter(hash -> !hash.isEmpty()).orElse(UNKNOWN_USER_HASH);
    boolean fits =
        password.getBytes(UTF_8).length <= MAX_BYTES && SecretText.isUnambiguous(password);
    boolean matches =
        BCrypt.verifyer().verify((fits ? password : "").toCharArray(), expected).verified;
    return matches && fits && user.isPresent();
  }
}
