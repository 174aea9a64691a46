package dev.gatehouse.internal.verify;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which one custom verifier runs: a request can stop waiting for a verifier that
 * hangs, but nothing can stop the verifier. There are no threads while there is nothing to do. This
 * class is thread-safe.
 */
final class VerifierThreads {

  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration TERMINATION = Duration.ofSeconds(1);

  private final ThreadPoolExecutor threads;

  /**
   * Creates a pool.
   *
   * @param max the maximum number of threads, including those that hang
   * @param loader the class loader of the verifier, which its libraries look for
   */
  VerifierThreads(int max, @Nullable ClassLoader loader) {
    threads =
        new ThreadPoolExecutor(
            0,
            max,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            task -> newThread(task, loader),
            new ThreadPoolExecutor.AbortPolicy());
  }

  /** The thread inherits no thread-locals from the calling request. */
  private static Thread newThread(Runnable task, @Nullable ClassLoader loader) {
    Thread thread = new Thread(null, task, "gatehouse-verifier", 0, false);
    thread.setContextClassLoader(loader);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts a task at once.
   *
   * @throws RejectedExecutionException if all threads are in use, or after {@link #close}
   */
  <T> Future<T> start(Callable<T> task) {
    return threads.submit(task);
  }

  /** Interrupts the tasks under way, and starts no more. */
  void close() {
    threads.shutdownNow();
  }

  void awaitTermination() {
    try {
      threads.awaitTermination(TERMINATION.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
