package dev.gatehouse;

import java.io.IOException;

/** A connection that failed before any answer had begun: the server may never have been asked. */
final class NoAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  private final IOException failure;

  NoAnswerException(IOException failure) {
    super(failure);
    this.failure = failure;
  }

  /** What went wrong. */
  IOException failure() {
    return failure;
  }
}
