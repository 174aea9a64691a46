package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.observe.Latency;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Caps how many requests may ask an authorization server at once, and how many may wait for a place
 * to do so: a server that hangs must not take all of the container's threads with it.
 */
public final class Bulkhead {

  /** Long enough to sit out a burst, short enough not to pile up behind a server that hangs. */
  static final Duration MAX_WAIT = Duration.ofSeconds(1);

  private final Semaphore permits;

  /** Waiting holds a thread of the container's, too: as many may wait as may ask, and no more. */
  private final Semaphore waiters;

  private final Latency waits = new Latency();

  Bulkhead(int permits) {
    this.permits = new Semaphore(permits);
    this.waiters = new Semaphore(permits);
  }

  /** Takes a place, to be given back by {@link #release}; false if there is none in time. */
  boolean acquire(Duration maxWait) {
    long start = System.nanoTime();
    try {
      return permits.tryAcquire() || waitForPermit(maxWait);
    } finally {
      waits.record(System.nanoTime() - start);
    }
  }

  private boolean waitForPermit(Duration maxWait) {
    if (!waiters.tryAcquire()) {
      return false;
    }
    try {
      return permits.tryAcquire(maxWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiters.release();
    }
  }

  void release() {
    permits.release();
  }

  /** Of all who came for a place, with or without success. */
  public Latency waits() {
    return waits;
  }

  /** About how many wait just now. */
  public int waiting() {
    return permits.getQueueLength();
  }
}
