package dev.gatehouse;

import java.io.IOException;

/** An answer that is larger than anybody has reason to send. */
final class OversizedAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  OversizedAnswerException(int limit) {
    super("the answer is larger than " + limit + " bytes");
  }
}
