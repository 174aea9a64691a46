package dev.gatehouse.internal.introspection;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the probes of a filter, each on a thread of its own, so that an endpoint that hangs does not
 * delay the probes of others; and short tasks at a later time. There are no threads while there is
 * nothing to do. This class is thread-safe.
 */
public final class ProbeExecutor implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ProbeExecutor.class);

  /** An endpoint that fails at once must not be probed in a loop, even if the wait is zero. */
  private static final Duration MIN_DELAY = Duration.ofMillis(100);

  private static final Duration TERMINATION = Duration.ofSeconds(1);

  private final ScheduledThreadPoolExecutor timer;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();
  private boolean closed;

  /** The threads that were running at {@link #close}. */
  private volatile List<Thread> ending = List.of();

  public ProbeExecutor() {
    timer =
        new ScheduledThreadPoolExecutor(
            1, task -> newThread(task, "gatehouse-probe-timer"), new DiscardPolicy());
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    timer.setRemoveOnCancelPolicy(true);
  }

  /** The thread inherits no thread-locals and no class loader from the calling request. */
  private Thread newThread(Runnable task, String name) {
    Thread thread = new Thread(null, () -> runTracked(task), name, 0, false);
    thread.setContextClassLoader(ProbeExecutor.class.getClassLoader());
    thread.setDaemon(true);
    return thread;
  }

  private void runTracked(Runnable task) {
    running.add(Thread.currentThread());
    try {
      task.run();
    } finally {
      running.remove(Thread.currentThread());
    }
  }

  /**
   * Starts a probe.
   *
   * @return whether it has started: not after {@link #close}, nor if no thread can be created
   */
  public synchronized boolean start(Runnable probe) {
    if (closed) {
      return false;
    }
    Thread thread = null;
    try {
      thread = newThread(probe, "gatehouse-probe");
      running.add(thread); // before the start, so that close() finds it
      thread.start();
      return true;
    } catch (OutOfMemoryError e) { // callers must get their response nevertheless
      if (thread != null) {
        running.remove(thread);
      }
      log.warn("no thread for a probe", e);
      return false;
    }
  }

  /**
   * Runs a short task later, at the earliest after a tenth of a second. If no thread can be had for
   * it, a caller's request does the same.
   */
  public Future<?> schedule(Runnable task, Duration delay) {
    Duration wait = delay.compareTo(MIN_DELAY) > 0 ? delay : MIN_DELAY;
    try {
      return timer.schedule(task, wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (OutOfMemoryError e) {
      log.warn("no thread for the timer of probes", e);
      return new CompletableFuture<Void>();
    }
  }

  /** Interrupts the probes under way and starts no more. */
  @Override
  public synchronized void close() {
    closed = true;
    ending = List.copyOf(running);
    timer.shutdownNow();
    ending.forEach(Thread::interrupt);
  }

  /**
   * Waits until all threads have ended. Call it after {@link #close} and after closing connections.
   */
  public void awaitTermination() {
    try {
      timer.awaitTermination(TERMINATION.toMillis(), TimeUnit.MILLISECONDS);
      for (Thread thread : ending) {
        thread.join(TERMINATION.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
