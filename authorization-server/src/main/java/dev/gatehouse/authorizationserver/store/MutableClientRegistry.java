package dev.gatehouse.authorizationserver.store;

import java.time.Instant;

/**
 * A registry that takes new clients while it runs: what dynamic registration (RFC 7591) needs.
 *
 * <p>Anybody can register a client, but only with a user's consent is it used. So there are never
 * more than {@value #MAX_UNUSED_CLIENTS} that nobody has used, and those go first.
 */
public interface MutableClientRegistry extends ClientRegistry {
  /** How many clients are kept that nobody has used yet: strangers can make more of no others. */
  int MAX_UNUSED_CLIENTS = 10_000;

  /**
   * Adds a client.
   *
   * @param client with an id that was drawn for it and that nobody has
   * @param now when it registers
   * @throws StoreUnavailableException when it could not be kept
   */
  void add(RegisteredClient client, Instant now);

  /**
   * Notes that a user has let a client act, or lets it go on.
   *
   * @param clientId the client; one that has not been added is ignored
   * @param now when that is
   * @throws StoreUnavailableException when it could not be noted
   */
  void recordUse(String clientId, Instant now);

  /**
   * Forgets clients that have been added and rest. Clients that are known without having been added
   * stay.
   *
   * @param registeredBefore whichever was added before this and never used goes; and of the others
   *     that were never used, all but the newest {@value #MAX_UNUSED_CLIENTS}
   * @param usedBefore whichever was last used before this goes
   * @return how many went
   * @throws StoreUnavailableException when some could not be forgotten
   */
  int sweep(Instant registeredBefore, Instant usedBefore);
}
