package dev.gatehouse.authorizationserver.internal.endpoint;

/**
 * A client that describes itself elsewhere, where nobody answers just now. It is answered as an
 * outage, but it is none of ours.
 */
public final class ClientUnreachableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClientUnreachableException(String why) {
    super("a client's metadata document can't be fetched: " + why);
  }
}
