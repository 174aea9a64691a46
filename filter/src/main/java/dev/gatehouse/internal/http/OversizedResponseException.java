package dev.gatehouse.internal.http;

import java.io.IOException;

/** An answer that is larger than anybody has reason to send. */
public final class OversizedResponseException extends IOException {

  private static final long serialVersionUID = 1L;

  OversizedResponseException(int limit) {
    super("the answer is larger than " + limit + " bytes");
  }
}
