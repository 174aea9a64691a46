package dev.gatehouse.authorizationserver.store;

/**
 * A store cannot be reached. The endpoints respond 503 with {@code Retry-After}, so that clients
 * retry and do not take the outage for an invalid token.
 */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param message what was tried; no token, no secret
   * @param cause the store's own exception
   */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
