package dev.gatehouse.authorizationserver;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Clients that are known from the start. Thread-safe. */
public final class InMemoryClientRegistry implements ClientRegistry {
  private final Map<String, RegisteredClient> clients = new ConcurrentHashMap<>();

  /**
   * Begins with these clients.
   *
   * @param clients each with an id of its own
   * @throws IllegalArgumentException when two have the same id
   */
  public InMemoryClientRegistry(List<RegisteredClient> clients) {
    for (RegisteredClient client : clients) {
      if (this.clients.putIfAbsent(client.id(), client) != null) {
        throw new IllegalArgumentException(
            "two clients are called " + client.id() + "; give each an id of its own");
      }
    }
  }

  @Override
  public Optional<RegisteredClient> find(String clientId) {
    return Optional.ofNullable(clients.get(clientId));
  }
}
