package dev.gatehouse.internal.http;

import java.io.IOException;

/** A response exceeds the maximum size. */
public final class OversizedResponseException extends IOException {

  private static final long serialVersionUID = 1L;

  OversizedResponseException(int limit) {
    super("the response is larger than " + limit + " bytes");
  }
}
