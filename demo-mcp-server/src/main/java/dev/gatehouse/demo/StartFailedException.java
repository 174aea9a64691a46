package dev.gatehouse.demo;

/** The demo can't start for a reason that lies around it, which one line tells. */
final class StartFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  StartFailedException(String line, Throwable cause) {
    super(line, cause);
  }
}
