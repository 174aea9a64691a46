package dev.gatehouse;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the self-test at start-up and logs its report. It runs in a thread of its own, because the
 * start must not wait for an authorization server that is down.
 */
final class BackgroundSelfTest {

  // The report is the filter's, so log configurations find it under the filter's name.
  private static final Logger log = LoggerFactory.getLogger(McpAuthFilter.class);

  private final SelfTest test;
  private final Thread thread = new Thread(this::run, "gatehouse-self-test");

  private volatile boolean stopped;

  private BackgroundSelfTest(SelfTest test) {
    this.test = test;
    thread.setDaemon(true);
  }

  static BackgroundSelfTest start(SelfTest test) {
    BackgroundSelfTest started = new BackgroundSelfTest(test);
    started.thread.start();
    return started;
  }

  private void run() {
    SelfTestReport report = test.run();
    if (stopped) {
      return; // whatever failed may have failed because of the stop
    }
    if (report.passed()) {
      log.info("{}", report);
    } else {
      log.error("{}", report);
    }
  }

  /** Interrupts the test. It logs no report afterwards. */
  void stop() {
    stopped = true;
    thread.interrupt();
  }
}
