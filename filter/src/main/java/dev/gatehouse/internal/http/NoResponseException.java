package dev.gatehouse.internal.http;

import java.io.IOException;

/** A connection that failed before any answer had begun: the server may never have been asked. */
final class NoResponseException extends IOException {

  private static final long serialVersionUID = 1L;

  private final IOException failure;
  private final boolean answeredBefore;

  /**
   * Makes one.
   *
   * @param answeredBefore whether the connection had served earlier requests, so that the server
   *     may only have closed it because it was idle
   */
  NoResponseException(IOException failure, boolean answeredBefore) {
    super(failure);
    this.failure = failure;
    this.answeredBefore = answeredBefore;
  }

  /** What went wrong. */
  IOException failure() {
    return failure;
  }

  boolean isOfUsedConnection() {
    return answeredBefore;
  }
}
