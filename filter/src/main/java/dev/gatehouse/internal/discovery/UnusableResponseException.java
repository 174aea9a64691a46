package dev.gatehouse.internal.discovery;

/** A response of an authorization server is unusable. The message contains no value of it. */
public final class UnusableResponseException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String problem;

  public UnusableResponseException(String problem) {
    super(problem);
    this.problem = problem;
  }

  /** What is wrong with the response. */
  public String problem() {
    return problem;
  }
}
