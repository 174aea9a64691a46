package dev.gatehouse;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long a server has left every question unanswered: one that hangs shows by this long before
 * the first question fails. Safe for use by many threads, lock-free.
 */
final class Silence {

  /** As long as a request may wait for another's sake. */
  private static final Duration LONG = Bulkhead.MAX_WAIT;

  /** With nothing asked for so long, there is no telling how it is now. */
  private static final Duration MEMORY = Duration.ofSeconds(10);

  private static final long NONE = Long.MAX_VALUE;

  private final InstantSource clock;
  private final AtomicInteger underWay = new AtomicInteger();

  /** The first question since the latest answer, in milliseconds. */
  private volatile long unansweredSince = NONE;

  /** The latest question that is over, in milliseconds. */
  private volatile long ended;

  Silence(InstantSource clock) {
    this.clock = clock;
    this.ended = clock.millis();
  }

  /** A question is put; {@link #ended} follows. */
  void asked() {
    if (unansweredSince == NONE || !isRemembered()) {
      unansweredSince = clock.millis();
    }
    underWay.incrementAndGet();
  }

  /** This is what came of one. */
  void noted(Verdict verdict) {
    if (!(verdict instanceof Verdict.Unavailable failure)
        || !(failure.outage() || failure.reason() == Reason.INTERRUPTED)) {
      unansweredSince = NONE;
    }
  }

  /** It is over, whatever came of it. */
  void ended() {
    ended = clock.millis();
    underWay.decrementAndGet();
  }

  boolean isLong() {
    long since = unansweredSince;
    return since != NONE && clock.millis() - since > LONG.toMillis() && isRemembered();
  }

  private boolean isRemembered() {
    return underWay.get() > 0 || clock.millis() - ended <= MEMORY.toMillis();
  }
}
