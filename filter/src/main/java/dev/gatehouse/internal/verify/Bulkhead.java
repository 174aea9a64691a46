package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.observe.Latency;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the concurrent introspection requests, and the requests that wait for a permit, so that an
 * authorization server that hangs does not block all threads of the container. This class is
 * thread-safe.
 */
public final class Bulkhead {

  /** Long enough for a burst, short enough that few requests wait for a server that hangs. */
  static final Duration MAX_WAIT = Duration.ofSeconds(1);

  private final Semaphore permits;

  /** Waiting blocks a thread of the container, too: at most as many may wait as may introspect. */
  private final Semaphore waiters;

  private final Latency waits = new Latency();

  Bulkhead(int permits) {
    this.permits = new Semaphore(permits);
    this.waiters = new Semaphore(permits);
  }

  /** Acquires a permit, to be released by {@link #release}; false if there is none in time. */
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

  /** The time that {@link #acquire} took, with or without success. */
  public Latency waits() {
    return waits;
  }

  /** The approximate number of requests that are waiting. */
  public int waiting() {
    return permits.getQueueLength();
  }
}
