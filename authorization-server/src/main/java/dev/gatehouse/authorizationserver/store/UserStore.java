package dev.gatehouse.authorizationserver.store;

import java.util.Optional;

/** Looks up the users who can log in. Must be thread-safe. */
@FunctionalInterface
public interface UserStore {
  /**
   * Finds a user. The caller checks the password, in the same time when there is no such user.
   *
   * @param username as typed, any text
   * @return empty when there is no such user
   * @throws StoreUnavailableException when the store cannot be reached
   */
  Optional<User> find(String username);
}
