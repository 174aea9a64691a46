package dev.gatehouse.authorizationserver;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Clients that are known from the start, and those that register later, as long as the process
 * lives. The latter are bounded: when there are too many, the eldest goes and has to register anew.
 * Thread-safe.
 */
public final class InMemoryClientRegistry implements OpenClientRegistry {
  static final int MOST_ADDED = 10_000;

  private final Map<String, RegisteredClient> known = new HashMap<>();
  private final Map<String, RegisteredClient> added = new LinkedHashMap<>();

  /**
   * Begins with these clients.
   *
   * @param clients each with an id of its own
   * @throws IllegalArgumentException when two have the same id
   */
  public InMemoryClientRegistry(List<RegisteredClient> clients) {
    for (RegisteredClient client : clients) {
      if (known.putIfAbsent(client.id(), client) != null) {
        throw new IllegalArgumentException(
            "two clients are called " + client.id() + "; give each an id of its own");
      }
    }
  }

  @Override
  public synchronized Optional<RegisteredClient> find(String clientId) {
    RegisteredClient client = known.get(clientId);
    return Optional.ofNullable(client == null ? added.get(clientId) : client);
  }

  @Override
  public synchronized void add(RegisteredClient client) {
    added.put(client.id(), client);
    if (added.size() > MOST_ADDED) {
      added.remove(added.keySet().iterator().next());
    }
  }
}
