package dev.gatehouse.internal.mcp;

/** How much of a response body is kept in memory, in bytes. */
final class BodyLimits {

  /** Until the servlet has written this much, it may still change status and headers. */
  static final int UNDECIDED = 8 << 10;

  /** A list response, or an event. */
  static final int LIST = 16 << 20;

  /** An error response; the MCP Java SDK's are some ten kilobytes long, for its stack traces. */
  static final int ERROR = 256 << 10;

  private BodyLimits() {}
}
