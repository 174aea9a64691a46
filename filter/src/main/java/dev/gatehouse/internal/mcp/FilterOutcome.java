package dev.gatehouse.internal.mcp;

/** What filtering makes of a JSON text. */
sealed interface FilterOutcome {

  /** The text may be sent as it is. */
  record Unchanged() implements FilterOutcome {}

  /** The text is to be sent with these edits. */
  record Changed(Edits edits) implements FilterOutcome {}

  /** This is to be sent instead, with this status, as JSON. */
  record Replaced(int status, String json) implements FilterOutcome {}

  /**
   * Nothing of the text may be sent.
   *
   * @param reason for the log
   */
  record Unusable(String reason) implements FilterOutcome {}

  FilterOutcome UNCHANGED = new Unchanged();
}
