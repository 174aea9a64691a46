package dev.gatehouse.authorizationserver.store;

import java.util.Optional;

/** Who may talk to the authorization server. Must be thread-safe. */
@FunctionalInterface
public interface ClientRegistry {
  /**
   * Finds a client.
   *
   * @param clientId the {@code client_id} that somebody claims to be, any text
   * @return empty when there is no such client
   * @throws StoreUnavailableException when nobody can tell just now
   */
  Optional<RegisteredClient> find(String clientId);
}
