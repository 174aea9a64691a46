package dev.gatehouse.internal.discovery;

/** An authorization server's answer that can't be relied on. Its message never holds a value. */
public final class UnusableResponseException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String finding;

  public UnusableResponseException(String finding) {
    super(finding);
    this.finding = finding;
  }

  /** What is wrong with it. */
  public String finding() {
    return finding;
  }
}
