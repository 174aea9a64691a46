package dev.gatehouse;

/** An authorization server's answer that can't be relied on. Its message never holds a value. */
final class UnusableAnswerException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String finding;

  UnusableAnswerException(String finding) {
    super(finding);
    this.finding = finding;
  }

  /** What is wrong with it. */
  String finding() {
    return finding;
  }
}
