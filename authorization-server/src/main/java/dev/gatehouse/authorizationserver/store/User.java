package dev.gatehouse.authorizationserver.store;

import static java.util.Objects.requireNonNull;

/**
 * A person who can log in. Immutable.
 *
 * @param subject the {@code sub}: never changes and never goes to somebody else
 * @param username what the person types, and what pages and introspection answers show
 * @param passwordHash a bcrypt hash, {@code $2a$…}, as {@link #withPassword} makes it
 */
public record User(String subject, String username, String passwordHash) {
  /**
   * Takes what a user store has kept.
   *
   * @param subject the {@code sub}
   * @param username what the person types
   * @param passwordHash a bcrypt hash
   */
  public User {
    requireNonNull(subject, "subject");
    requireNonNull(username, "username");
    requireNonNull(passwordHash, "passwordHash");
  }

  /**
   * Makes a user whose subject is the username.
   *
   * @param username what the person types
   * @param password at most 72 bytes in UTF-8, of which only the hash is kept
   * @return the user
   * @throws IllegalArgumentException when bcrypt would cut the password off
   */
  public static User withPassword(String username, String password) {
    return new User(username, username, Passwords.hash(password));
  }

  /** Prints no hash. */
  @Override
  public String toString() {
    return "User[" + username + "]";
  }
}
