package dev.gatehouse.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.NullMarked;

/** Waits for conditions, with a time limit. */
@NullMarked
public final class Await {

  /** Long enough for a busy machine, shorter than the time limit of a test. */
  private static final Duration BOUND = Duration.ofSeconds(60);

  private static final long PAUSE_NANOS = 1_000_000;

  private Await() {}

  /** Returns as soon as the condition holds; fails if it does not hold within a minute. */
  public static void until(String description, Callable<Boolean> condition) {
    if (!isTrueWithin(BOUND, condition)) {
      throw new AssertionError("not within " + BOUND + ": " + description);
    }
  }

  /** Whether the condition becomes true within this time. */
  static boolean isTrueWithin(Duration bound, Callable<Boolean> condition) {
    long begin = System.nanoTime();
    while (!call(condition)) {
      if (System.nanoTime() - begin > bound.toNanos() || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return true;
  }

  private static boolean call(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
