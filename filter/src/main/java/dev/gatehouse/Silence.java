package dev.gatehouse;

import java.time.Duration;
import java.time.InstantSource;

/**
 * How long a server has left every question unanswered: one that hangs shows by this long before
 * the first question fails. Safe for use by many threads, lock-free.
 */
final class Silence {

  /** As long as a request may wait for another's sake. */
  private static final Duration LONG = Bulkhead.MAX_WAIT;

  private static final long NONE = Long.MAX_VALUE;

  private final InstantSource clock;

  /** The first question since the latest answer, in milliseconds. */
  private volatile long unansweredSince = NONE;

  Silence(InstantSource clock) {
    this.clock = clock;
  }

  /** A question is put. */
  void asked() {
    if (unansweredSince == NONE) {
      unansweredSince = clock.millis();
    }
  }

  /** This is what came of one. */
  void noted(Verdict verdict) {
    if (!(verdict instanceof Verdict.Unavailable failure)
        || !(failure.outage() || failure.reason() == Reason.INTERRUPTED)) {
      unansweredSince = NONE;
    }
  }

  boolean isLong() {
    long since = unansweredSince;
    return since != NONE && clock.millis() - since > LONG.toMillis();
  }
}
