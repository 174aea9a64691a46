package dev.gatehouse.internal.http;

import java.net.SocketTimeoutException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends exchanges that take too long, wherever they stand: a blocking read has a time limit of its
 * own, but a server that sends a byte now and a byte then never exceeds it.
 *
 * <p>One thread watches all exchanges. Most have the same time, so one that begins rarely ends
 * before those that are waited for already, and the thread need not be woken: a timer with a task
 * for each exchange would be, at some microseconds each.
 */
final class DeadlineWatchdog implements AutoCloseable {

  /** One exchange under way. */
  final class Exchange implements AutoCloseable {

    private final Deadline deadline;
    private volatile boolean over;
    private volatile @Nullable Cancellable running;

    private Exchange(Deadline deadline) {
      this.deadline = deadline;
    }

    /** This is to be cancelled when the time is up, or nobody wants it any more. */
    void run(Cancellable newRunning) {
      running = newRunning;
      if (over || closed) {
        newRunning.cancel();
      }
    }

    /** Never negative. */
    private long nanosLeft() {
      return deadline.left().toNanos();
    }

    boolean isOver() {
      return over || nanosLeft() == 0;
    }

    SocketTimeoutException exceeded(@Nullable Exception cause) {
      SocketTimeoutException exception =
          new SocketTimeoutException("no whole answer within " + deadline.limit());
      exception.initCause(cause);
      return exception;
    }

    private void cancel() {
      Cancellable cancelled = running;
      if (cancelled == null) {
        return;
      }
      try {
        cancelled.cancel();
      } catch (RuntimeException e) {
        log.warn("an exchange could not be cancelled", e); // the thread has others to watch
      }
    }

    @Override
    public void close() {
      exchanges.remove(this);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(DeadlineWatchdog.class);

  private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
  private final Thread thread = new Thread(this::watch, "gatehouse-time-limit");

  /** When it wakes by itself, on {@link System#nanoTime()}'s scale, unless it is idle. */
  private volatile long wakes;

  private volatile boolean idle;
  private volatile boolean closed;

  DeadlineWatchdog() {
    thread.setDaemon(true);
    thread.start();
  }

  Exchange begin(Deadline deadline) {
    Exchange exchange = new Exchange(deadline);
    exchanges.add(exchange);
    if (idle || deadline.nanos() - wakes < 0) {
      LockSupport.unpark(thread);
    }
    return exchange;
  }

  private void watch() {
    while (!closed) {
      Deadline nearest = endThoseThatAreDue();
      if (nearest != null) {
        sleepUntil(nearest);
        continue;
      }
      idle = true;
      if (exchanges.isEmpty() && !closed) { // else one has begun without seeing that we are idle
        LockSupport.park(this);
      }
      idle = false;
    }
  }

  /** Unless one has begun since we looked that ends before. */
  private void sleepUntil(Deadline nearest) {
    wakes = nearest.nanos();
    for (Exchange exchange : exchanges) {
      if (!exchange.over && exchange.deadline.isBefore(nearest)) {
        return;
      }
    }
    LockSupport.parkNanos(this, nearest.left().toNanos());
  }

  /** The deadline that comes next; null if there is none. */
  private @Nullable Deadline endThoseThatAreDue() {
    Deadline nearest = null;
    for (Exchange exchange : exchanges) {
      if (exchange.nanosLeft() > 0) {
        if (nearest == null || exchange.deadline.isBefore(nearest)) {
          nearest = exchange.deadline;
        }
      } else if (!exchange.over) {
        exchange.over = true;
        exchange.cancel();
      }
    }
    return nearest;
  }

  /** Cancels what is under way, and returns when the thread has ended. */
  @Override
  public void close() {
    closed = true;
    exchanges.forEach(Exchange::cancel);
    LockSupport.unpark(thread);
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
