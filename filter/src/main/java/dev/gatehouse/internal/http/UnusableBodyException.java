package dev.gatehouse.internal.http;

import java.io.IOException;

/** The body of a response exceeds the maximum size, or can't be decoded. */
public final class UnusableBodyException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String problem;

  UnusableBodyException(String problem) {
    super(problem);
    this.problem = problem;
  }

  static UnusableBodyException oversized(int limit) {
    return new UnusableBodyException("the response is larger than " + limit + " bytes");
  }

  /** What is wrong, for the log. */
  public String problem() {
    return problem;
  }
}
