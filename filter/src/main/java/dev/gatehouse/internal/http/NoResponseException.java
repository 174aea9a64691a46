package dev.gatehouse.internal.http;

import java.io.IOException;

/** A connection failed before a response began: the server may not have got the request. */
final class NoResponseException extends IOException {

  private static final long serialVersionUID = 1L;

  private final IOException failure;
  private final boolean reused;

  /**
   * Wraps the failure.
   *
   * @param reused whether the connection had carried earlier exchanges, so that the server may have
   *     closed it because it was idle
   */
  NoResponseException(IOException failure, boolean reused) {
    super(failure);
    this.failure = failure;
    this.reused = reused;
  }

  /** The original failure. */
  IOException failure() {
    return failure;
  }

  boolean isOfReusedConnection() {
    return reused;
  }
}
