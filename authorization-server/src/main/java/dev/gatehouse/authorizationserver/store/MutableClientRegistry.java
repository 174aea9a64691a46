package dev.gatehouse.authorizationserver.store;

import java.time.Instant;

/**
 * A registry that clients can be added to at run time, as dynamic registration (RFC 7591) requires.
 *
 * <p>Anyone can register a client, but it is used only after a user's consent. The number of
 * clients that have never been used is limited to {@value #MAX_UNUSED_CLIENTS}; the oldest are
 * deleted first. The server limits how many clients register in half an hour, so that this does not
 * delete clients that registered later than that.
 */
public interface MutableClientRegistry extends ClientRegistry {
  /**
   * The maximum number of clients that have never been used; only users can turn them into used
   * ones.
   */
  int MAX_UNUSED_CLIENTS = 10_000;

  /**
   * Adds a client.
   *
   * @param client with a new random id
   * @param now when it registers
   * @throws StoreUnavailableException when it could not be stored
   */
  void add(RegisteredClient client, Instant now);

  /**
   * Records that a user has consented to a client, or that it has refreshed a token.
   *
   * @param clientId the client; ignored when it has not been added
   * @param now the time
   * @throws StoreUnavailableException when it could not be recorded
   */
  void recordUse(String clientId, Instant now);

  /**
   * Deletes clients that are not used. Clients that are part of the configuration stay.
   *
   * @param registeredBefore deletes never used clients that were added before this, and all but the
   *     newest {@value #MAX_UNUSED_CLIENTS} of the others that were never used
   * @param usedBefore deletes clients that were last used before this
   * @return the number of deleted entries
   * @throws StoreUnavailableException when they could not be deleted
   */
  int sweep(Instant registeredBefore, Instant usedBefore);
}
