package dev.gatehouse.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One thread ends exchanges at their deadlines, and sleeps until the next one. */
class DeadlineWatchdogTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final List<Thread> before = watchdogThreads();
  private final DeadlineWatchdog watchdog = new DeadlineWatchdog();
  private final Thread watchdogThread =
      watchdogThreads().stream()
          .filter(thread -> !before.contains(thread))
          .findFirst()
          .orElseThrow();

  @AfterEach
  void stop() {
    watchdog.close();
  }

  private static List<Thread> watchdogThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("gatehouse-time-limit"))
        .toList();
  }

  private void awaitState(Thread.State state) {
    Await.until("the watchdog is " + state, () -> watchdogThread.getState() == state);
  }

  @Test
  void theWatchdogSleepsWhileExchangesHang() throws Exception {
    awaitState(Thread.State.WAITING);
    try (var first = watchdog.begin(Deadline.in(LONG));
        var second = watchdog.begin(Deadline.in(LONG))) {
      awaitState(Thread.State.TIMED_WAITING);

      assertThat(first.isOver()).isFalse();
      assertThat(second.isOver()).isFalse();
    }
  }

  @Test
  void anExchangeWithAnEarlierDeadlineThanOthersEndsInTime() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (var first = watchdog.begin(Deadline.in(LONG))) {
      awaitState(Thread.State.TIMED_WAITING);
      try (var second = watchdog.begin(Deadline.in(Duration.ofMillis(20)))) {
        second.run(
            () -> {
              ended.countDown();
              return true;
            });
        ended.await();

        assertThat(second.isOver()).isTrue();
      }
      assertThat(first.isOver()).isFalse();
    }
  }
}
