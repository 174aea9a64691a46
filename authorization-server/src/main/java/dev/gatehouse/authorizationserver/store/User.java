package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

/**
 * A user who can log in. Immutable.
 *
 * @param subject the {@code sub}: never changes and is never reassigned
 * @param username what the user types; pages and introspection responses contain it
 * @param passwordHash a bcrypt hash, {@code $2a$…}, as created by {@link #withPassword}
 */
public record User(String subject, String username, String passwordHash) {
  /**
   * Takes what a user store has kept.
   *
   * @param subject the {@code sub}
   * @param username what the user types
   * @param passwordHash a bcrypt hash
   */
  public User {
    requireNonNull(subject, "subject");
    requireNonNull(username, "username");
    requireNonNull(passwordHash, "passwordHash");
  }

  /**
   * Creates a user whose subject is the username.
   *
   * @param username what the user types
   * @param password at most 72 bytes in UTF-8, without control characters; only its hash is stored
   * @return the user
   * @throws IllegalArgumentException when the password is longer or contains control characters
   */
  public static User withPassword(String username, String password) {
    return new User(username, username, Passwords.hash(password));
  }

  /** Does not contain the hash. */
  @Override
  public String toString() {
    return "User[" + username + "]";
  }
}
