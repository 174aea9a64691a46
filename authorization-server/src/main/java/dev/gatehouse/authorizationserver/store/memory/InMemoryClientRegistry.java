package dev.gatehouse.authorizationserver.store.memory;

import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configured clients, and those that register later, until the process ends. Thread-safe. */
public final class InMemoryClientRegistry implements MutableClientRegistry {
  private final Map<String, RegisteredClient> known = new HashMap<>();
  private final Map<String, Added> used = new HashMap<>();

  /** In the order of registration. */
  private final Map<String, Added> neverUsed = new LinkedHashMap<>();

  /** A client and its last use or its registration. */
  private record Added(RegisteredClient client, Instant restsSince) {}

  /**
   * Starts with configured clients.
   *
   * @param clients with different ids
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
    return client == null ? added(clientId).map(Added::client) : Optional.of(client);
  }

  private Optional<Added> added(String clientId) {
    Added client = used.get(clientId);
    return Optional.ofNullable(client == null ? neverUsed.get(clientId) : client);
  }

  @Override
  public synchronized void add(RegisteredClient client, Instant now) {
    neverUsed.put(client.id(), new Added(client, now));
    if (neverUsed.size() > MAX_UNUSED_CLIENTS) {
      neverUsed.remove(neverUsed.keySet().iterator().next());
    }
  }

  @Override
  public synchronized void recordUse(String clientId, Instant now) {
    added(clientId)
        .ifPresent(
            added -> {
              neverUsed.remove(clientId);
              used.put(clientId, new Added(added.client(), now));
            });
  }

  @Override
  public synchronized int sweep(Instant registeredBefore, Instant usedBefore) {
    int before = neverUsed.size() + used.size();
    neverUsed.values().removeIf(client -> client.restsSince().isBefore(registeredBefore));
    used.values().removeIf(client -> client.restsSince().isBefore(usedBefore));
    return before - neverUsed.size() - used.size();
  }
}
