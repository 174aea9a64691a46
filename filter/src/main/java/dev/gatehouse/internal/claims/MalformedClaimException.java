package dev.gatehouse.internal.claims;

/** A claim is malformed. The message contains no value of it. */
public final class MalformedClaimException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String problem;

  /** Creates an exception without a stack trace: a caller can send any number of such claims. */
  MalformedClaimException(String problem) {
    super(problem, null, false, false);
    this.problem = problem;
  }

  /** Which claim is malformed, and how. */
  public String problem() {
    return problem;
  }
}
