package dev.gatehouse.authorizationserver.store;

/**
 * A store that can't be reached just now. The endpoints answer 503 with {@code Retry-After}:
 * whoever asked may come back, and nobody takes the outage for a bad token.
 */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Says what failed.
   *
   * @param message what was tried; no token, no secret
   * @param cause the store's own exception
   */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
