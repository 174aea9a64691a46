package dev.gatehouse.internal.mcp;

/** A body is no valid MCP message, or one that parsers may interpret differently. */
final class UnreadableMessageException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String detail;

  /**
   * Without a stack trace, because callers can cause it at will.
   *
   * @param detail for the log only; contains nothing of the body
   */
  UnreadableMessageException(String detail) {
    super(detail, null, false, false);
    this.detail = detail;
  }

  String detail() {
    return detail;
  }
}
