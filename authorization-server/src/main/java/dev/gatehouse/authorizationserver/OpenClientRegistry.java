package dev.gatehouse.authorizationserver;

/** A registry that takes new clients while it runs: what dynamic registration (RFC 7591) needs. */
public interface OpenClientRegistry extends ClientRegistry {
  /**
   * Adds a client.
   *
   * @param client with an id that was drawn for it and that nobody has
   * @throws StoreUnavailableException when it could not be kept
   */
  void add(RegisteredClient client);
}
