package dev.gatehouse.authorizationserver.store.memory;

import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.UserStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A fixed set of users. Immutable and thread-safe. */
public final class InMemoryUserStore implements UserStore {
  private final Map<String, User> users = new HashMap<>();

  /**
   * Creates the store.
   *
   * @param users with different usernames
   * @throws IllegalArgumentException when two have the same username
   */
  public InMemoryUserStore(List<User> users) {
    for (User user : users) {
      if (this.users.putIfAbsent(user.username(), user) != null) {
        throw new IllegalArgumentException(
            "two users are called " + user.username() + "; give each a name of its own");
      }
    }
  }

  @Override
  public Optional<User> find(String username) {
    return Optional.ofNullable(users.get(username));
  }
}
