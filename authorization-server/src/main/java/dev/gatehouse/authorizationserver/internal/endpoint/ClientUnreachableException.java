package dev.gatehouse.authorizationserver.internal.endpoint;

/**
 * The server with a client's metadata document or keys is unreachable. The response is 503; the
 * outage is not ours.
 */
public final class ClientUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClientUnreachableException(String why) {
    super("a client's metadata document or keys can't be fetched: " + why);
  }
}
