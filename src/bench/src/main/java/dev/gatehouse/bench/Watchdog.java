package dev.gatehouse.bench;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends exchanges that take too long, for clients that have no such limit of their own. */
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

  /** Cancel what is returned once the exchange is over. */
  Future<?> watch(Runnable end) {
    return timer.schedule(end, SenderAnswers.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
  }
}
