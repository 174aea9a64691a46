package dev.gatehouse;

import java.io.IOException;

/**
 * There is no connection, or it failed before the head of an answer was there: the server may not
 * even have seen the request, and asking again is safe.
 */
final class NoAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  NoAnswerException(IOException cause) {
    super(cause.toString(), cause);
  }
}
