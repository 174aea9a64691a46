package dev.gatehouse.internal.verify;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A ticker that recalls the time it has just read for the same thread, which saves a hit one of two
 * clock reads: Caffeine reads the time during a lookup, and the check for freshness that follows
 * needs no later one. This class is thread-safe.
 *
 * <p>Threads are spread over lanes that lie in cache lines of their own. Threads that share a lane
 * may recall each other's time, which is as good.
 */
final class RecallingTicker implements Ticker {

  private static final int LANES =
      Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4;

  /** Two cache lines, since processors fetch them in pairs. */
  private static final int LONGS_PER_LANE = 16;

  private static final long NOT_READ = Long.MIN_VALUE;

  private final Ticker ticker;
  private final AtomicLongArray lanes = new AtomicLongArray(LANES * LONGS_PER_LANE);

  RecallingTicker(Ticker ticker) {
    this.ticker = ticker;
  }

  @Override
  public long read() {
    long now = ticker.read();
    lanes.setPlain(lane(), now);
    return now;
  }

  /** Forgets the time, so that {@link #recall} returns none that was read before this call. */
  void forget() {
    lanes.setPlain(lane(), NOT_READ);
  }

  /** The time that was read since {@link #forget}; or the time now, if it was not read. */
  long recall() {
    long recalled = lanes.getPlain(lane());
    return recalled == NOT_READ ? ticker.read() : recalled;
  }

  @SuppressWarnings("deprecation") // threadId() is new in Java 19
  private static int lane() {
    return ((int) Thread.currentThread().getId() & (LANES - 1)) * LONGS_PER_LANE;
  }
}
