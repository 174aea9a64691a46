package dev.gatehouse.authorizationserver.store;

import java.util.Optional;

/** Who can log in. Must be thread-safe. */
@FunctionalInterface
public interface UserStore {
  /**
   * Finds a user. The password is checked elsewhere, and takes as long when there is no such user.
   *
   * @param username as somebody typed it, any text
   * @return empty when there is no such user
   * @throws StoreUnavailableException when nobody can tell just now
   */
  Optional<User> find(String username);
}
