package dev.gatehouse.internal.jwt;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;

/** A JWT is refused. */
final class RefusedJwtException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String detail;

  /**
   * Creates an exception without a stack trace: a caller can send any number of such JWTs.
   *
   * @param detail for the log, which makes it safe
   */
  RefusedJwtException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
    this.detail = detail;
  }

  VerificationResult.Inactive result() {
    return new VerificationResult.Inactive(reason, detail);
  }

  String detail() {
    return detail;
  }
}
