package dev.gatehouse.demo;

/** The demo can't start because of its environment; the message is one line. */
final class StartFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  StartFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
