package dev.gatehouse.authorizationserver.store;

import java.util.Optional;

/** Looks up the clients of the authorization server. Must be thread-safe. */
@FunctionalInterface
public interface ClientRegistry {
  /**
   * Finds a client.
   *
   * @param clientId the {@code client_id} of a request, not yet authenticated: any text
   * @return empty when there is no such client
   * @throws StoreUnavailableException when the store cannot be reached
   */
  Optional<RegisteredClient> find(String clientId);
}
