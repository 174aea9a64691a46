package dev.gatehouse.demo;

import java.time.Duration;

/**
 * Stops the demo when the process that started it has ended: SIGTERM to Maven ends Maven alone, not
 * what it runs.
 */
final class ParentWatch implements Runnable {

  // ProcessHandle.onExit() would do, but looks at a parent only every few seconds.
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final ProcessHandle parent;
  private final Runnable stop;

  private ParentWatch(ProcessHandle parent, Runnable stop) {
    this.parent = parent;
    this.stop = stop;
  }

  /** From now on runs {@code stop} once this process's parent is gone. */
  static void start(Runnable stop) {
    ProcessHandle.current()
        .parent()
        .ifPresent(
            parent -> {
              var thread = new Thread(new ParentWatch(parent, stop), "parent-watch");
              thread.setDaemon(true);
              thread.start();
            });
  }

  @Override
  public void run() {
    try {
      while (parent.isAlive()) {
        Thread.sleep(INTERVAL.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stop.run();
  }
}
