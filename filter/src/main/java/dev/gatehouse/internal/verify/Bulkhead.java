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

  private final Semaphore places;

  /** Waiting holds a thread of the container's, too: as many may wait as may ask, and no more. */
  private final Semaphore seats;

  private final Latency waits = new Latency();

  Bulkhead(int places) {
    this.places = new Semaphore(places);
    this.seats = new Semaphore(places);
  }

  /** Takes a place, to be given back by {@link #leave}; false if there is none in time. */
  boolean enter(Duration maxWait) {
    long start = System.nanoTime();
    try {
      return places.tryAcquire() || waitSeated(maxWait);
    } finally {
      waits.record(System.nanoTime() - start);
    }
  }

  private boolean waitSeated(Duration maxWait) {
    if (!seats.tryAcquire()) {
      return false;
    }
    try {
      return places.tryAcquire(maxWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      seats.release();
    }
  }

  void leave() {
    places.release();
  }

  /** Of all who came for a place, with or without success. */
  public Latency waits() {
    return waits;
  }

  /** About how many wait just now. */
  public int waiting() {
    return places.getQueueLength();
  }
}
