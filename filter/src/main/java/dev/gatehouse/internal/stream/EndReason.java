package dev.gatehouse.internal.stream;

import java.util.Locale;

/** Why an event stream was ended. */
public enum EndReason {
  /** The token has expired. */
  EXPIRED,
  /** The token, its user or its client was evicted. */
  EVICTED,
  /** The token is no longer active, or no longer admitted. */
  INACTIVE,
  /** The filter has stopped, so that nothing would end the stream with its token. */
  STOPPED;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** The code for logs and metrics: {@code expired}. */
  public String code() {
    return code;
  }
}
