package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Detects a server that hangs before the first request times out: it is unresponsive if
 * introspection requests are under way and none has got a response for a second. This class is
 * thread-safe and lock-free.
 */
final class Responsiveness {

  /** As long as a request may wait for another one. */
  private static final Duration UNRESPONSIVE_AFTER = Duration.ofSeconds(1);

  /** Observations are discarded after this long without any request. */
  private static final Duration MEMORY = Duration.ofSeconds(10);

  private static final long NONE = Long.MAX_VALUE;

  private final InstantSource clock;
  private final AtomicInteger underWay = new AtomicInteger();

  /** When the first request since the latest response began, in milliseconds; or NONE. */
  private volatile long unansweredSince = NONE;

  /** When the latest request ended, in milliseconds. */
  private volatile long latestEnd;

  Responsiveness(InstantSource clock) {
    this.clock = clock;
    this.latestEnd = clock.millis();
  }

  /** An introspection request begins; {@link #end} must follow. */
  void begin() {
    if (unansweredSince == NONE || !isRemembered()) {
      unansweredSince = clock.millis();
    }
    underWay.incrementAndGet();
  }

  /** Records a result: any response shows that the server is responsive. */
  void record(VerificationResult result) {
    if (!(result instanceof VerificationResult.Unavailable failure)
        || !(failure.outage() || failure.reason() == Reason.INTERRUPTED)) {
      unansweredSince = NONE;
    }
  }

  /** An introspection request has ended, with a result or with an exception. */
  void end() {
    latestEnd = clock.millis();
    underWay.decrementAndGet();
  }

  boolean isUnresponsive() {
    long since = unansweredSince;
    return since != NONE
        && clock.millis() - since > UNRESPONSIVE_AFTER.toMillis()
        && isRemembered();
  }

  private boolean isRemembered() {
    return underWay.get() > 0 || clock.millis() - latestEnd <= MEMORY.toMillis();
  }
}
