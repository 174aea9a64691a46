package dev.gatehouse.bench;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Aborts exchanges that take too long, for clients without a limit on the whole exchange. */
final class Watchdog {

  private final ScheduledThreadPoolExecutor timer;

  Watchdog() {
    timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "watchdog");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  /** Schedules the abort; the caller cancels the returned future after the exchange. */
  Future<?> watch(Runnable abort) {
    return timer.schedule(abort, SenderSettings.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
  }
}
