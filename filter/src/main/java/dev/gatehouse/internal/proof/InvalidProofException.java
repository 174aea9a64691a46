package dev.gatehouse.internal.proof;

import dev.gatehouse.internal.token.Reason;

/** A DPoP proof does not satisfy RFC 9449 §4.3. */
final class InvalidProofException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String detail;

  InvalidProofException(String detail) {
    this(Reason.DPOP_PROOF, detail);
  }

  /**
   * Without a stack trace, because callers can cause it at will.
   *
   * @param detail for the log only
   */
  InvalidProofException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
    this.detail = detail;
  }

  Reason reason() {
    return reason;
  }

  String detail() {
    return detail;
  }
}
