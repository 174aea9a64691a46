package dev.gatehouse.internal.stream;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.DiscardPolicy;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few threads for all streams: one that looks which streams end, some that end them, and some
 * that wait for introspections. They are separate, so that neither an authorization server that
 * hangs nor a slow client delays the others; more are added while slow clients hold them up. There
 * are none while there are no streams. This class is thread-safe.
 */
final class StreamThreads implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StreamThreads.class);

  private static final int THREADS = 4;

  /** Each of the others waits for a slow client, for which a servlet waits too. */
  private static final int MAX_ENDING_THREADS = 256;

  /** All of them exist a second after the first delay, at four looks per second. */
  private static final int GROWTH = 4;

  private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);
  private static final Duration TERMINATION = Duration.ofSeconds(1);

  private final ScheduledThreadPoolExecutor timer;
  private final ThreadPoolExecutor ends;
  private final ThreadPoolExecutor rechecks;

  /** How many ends there had been at the last look; used by the timer's thread only. */
  private long endsBefore;

  /** Whether ends waited for a thread then. */
  private boolean endsWaited;

  StreamThreads() {
    this(StreamThreads::newThread);
  }

  /**
   * For tests.
   *
   * @param newThread makes a thread of a task and a name
   */
  StreamThreads(BiFunction<Runnable, String, Thread> newThread) {
    ends = pool("gatehouse-stream-end", MAX_ENDING_THREADS, newThread);
    rechecks = pool("gatehouse-stream-recheck", THREADS, newThread);
    timer =
        new ScheduledThreadPoolExecutor(
            1, task -> newThread.apply(task, "gatehouse-stream-timer"), new DiscardPolicy());
    timer.setKeepAliveTime(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
    timer.allowCoreThreadTimeOut(true);
  }

  private static ThreadPoolExecutor pool(
      String name, int maxThreads, BiFunction<Runnable, String, Thread> newThread) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            maxThreads,
            KEEP_ALIVE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            task -> newThread.apply(task, name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** The thread inherits no thread-locals and no class loader from the calling request. */
  private static Thread newThread(Runnable task, String name) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setContextClassLoader(StreamThreads.class.getClassLoader());
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Runs a task later, unless closed. The task must not throw.
   *
   * @return false if it will not run
   */
  @SuppressWarnings("FutureReturnValueIgnored")
  boolean later(Runnable task, Duration delay) {
    try {
      timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (OutOfMemoryError e) {
      timer.getQueue().clear(); // which contains the task
      log.warn("no thread for the timer of streams", e);
      return false;
    }
  }

  /**
   * Adds threads for ends if all of them have waited for slow clients since the last call. Called
   * by the timer's task.
   */
  void relieveEnds() {
    long done = ends.getCompletedTaskCount();
    boolean endsWait = !ends.getQueue().isEmpty();
    int threads = ends.getCorePoolSize();
    if (!endsWait) {
      threads = THREADS;
    } else if (endsWaited && done == endsBefore) {
      threads = Math.min(GROWTH * threads, MAX_ENDING_THREADS);
    }
    endsBefore = done;
    endsWaited = endsWait; // otherwise ends that were requested just now would look delayed
    try {
      ends.setCorePoolSize(threads);
    } catch (OutOfMemoryError e) {
      log.debug("no more threads for the ends of streams", e);
    }
  }

  /** Ends a stream soon, or at once if no thread can be had for it. */
  void end(Runnable end) {
    try {
      ends.execute(end);
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      end.run();
    }
  }

  /**
   * Runs a recheck soon.
   *
   * @return false if it will not run
   */
  boolean recheck(Runnable recheck) {
    try {
      rechecks.execute(recheck);
      return true;
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      log.debug("no thread for the recheck of a stream", e);
      return false;
    }
  }

  /** Starts no more tasks and interrupts rechecks; ends under way go on. */
  @Override
  public void close() {
    timer.shutdownNow();
    rechecks.shutdownNow();
    ends.shutdown();
  }

  /** Waits until all threads have ended. Call it after {@link #close}. */
  void awaitTermination() {
    try {
      if (!ends.awaitTermination(TERMINATION.toMillis(), TimeUnit.MILLISECONDS)) {
        ends.shutdownNow();
      }
      rechecks.awaitTermination(TERMINATION.toMillis(), TimeUnit.MILLISECONDS);
      timer.awaitTermination(TERMINATION.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      ends.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
