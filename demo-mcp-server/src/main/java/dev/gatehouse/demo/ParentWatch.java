package dev.gatehouse.demo;

import java.time.Duration;

/**
 * Stops the demo when its parent process ends. SIGTERM to Maven ends only Maven, not the processes
 * that it started.
 */
final class ParentWatch implements Runnable {

  // ProcessHandle.onExit() polls a parent process only every few seconds.
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final ProcessHandle parent;
  private final Runnable stop;

  private ParentWatch(ProcessHandle parent, Runnable stop) {
    this.parent = parent;
    this.stop = stop;
  }

  /** Starts a thread that runs {@code stop} when the parent process has ended. */
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
