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
 * Cancels exchanges at their deadline and saves some microseconds per exchange, because it rarely
 * wakes its thread; a timer with a task per exchange would wake it every time. The time limit of
 * socket reads is not enough: a server that sends single bytes never exceeds it.
 *
 * <p>One thread watches all exchanges. Most have the same time limit, so a new exchange is rarely
 * the next to be cancelled. This class is thread-safe.
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

    /** Sets what is cancelled at the deadline or at {@link DeadlineWatchdog#close}. */
    void run(Cancellable cancellable) {
      running = cancellable;
      if (over || closed) {
        cancellable.cancel();
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
          new SocketTimeoutException(
              deadline.isCut()
                  ? "no complete response, and other requests hang, too"
                  : "no complete response within " + deadline.limit());
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
        log.warn(
            "an exchange could not be cancelled", e); // the thread must go on watching the others
      }
    }

    @Override
    public void close() {
      exchanges.remove(this);
      running = null; // it holds the token, and the parked thread may still refer to this exchange
    }
  }

  private static final Logger log = LoggerFactory.getLogger(DeadlineWatchdog.class);

  private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
  private final Thread thread = new Thread(this::watch, "gatehouse-time-limit");

  /** When the thread wakes, on the scale of {@link System#nanoTime()}; not used while idle. */
  private volatile long wakesAt;

  private volatile boolean idle;
  private volatile boolean closed;

  DeadlineWatchdog() {
    thread.setDaemon(true);
    thread.start();
  }

  Exchange begin(Deadline deadline) {
    Exchange exchange = new Exchange(deadline);
    exchanges.add(exchange);
    // The thread that cuts the deadline short must not wait for the cancellation.
    var unused = deadline.cut().thenRun(this::wake);
    if (idle || deadline.nanos() - wakesAt < 0) {
      LockSupport.unpark(thread);
    }
    return exchange;
  }

  private void wake() {
    LockSupport.unpark(thread);
  }

  private void watch() {
    while (!closed) {
      Deadline nearest = cancelOverdue();
      if (nearest != null) {
        sleepUntil(nearest);
        continue;
      }
      idle = true;
      if (exchanges.isEmpty() && !closed) { // one may have begun just before idle was set
        LockSupport.park(this);
      }
      idle = false;
    }
  }

  /** Returns at once if an exchange with an earlier deadline has begun meanwhile. */
  private void sleepUntil(Deadline nearest) {
    wakesAt = nearest.nanos();
    for (Exchange exchange : exchanges) {
      if (!exchange.over && exchange.deadline.isBefore(nearest)) {
        return;
      }
    }
    LockSupport.parkNanos(this, nearest.left().toNanos());
  }

  /** Cancels overdue exchanges and returns the next deadline; null if there is none. */
  private @Nullable Deadline cancelOverdue() {
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

  /** Cancels all exchanges and waits up to a second for the thread to end. */
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
