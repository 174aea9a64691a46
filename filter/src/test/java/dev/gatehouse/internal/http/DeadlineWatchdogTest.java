package dev.gatehouse.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One thread ends what takes too long, and sleeps meanwhile. */
class DeadlineWatchdogTest {

  private static final Duration LONG = Duration.ofMinutes(5);

  private final List<Thread> before = watchers();
  private final DeadlineWatchdog timeLimit = new DeadlineWatchdog();
  private final Thread watcher =
      watchers().stream().filter(thread -> !before.contains(thread)).findFirst().orElseThrow();

  @AfterEach
  void stop() {
    timeLimit.close();
  }

  private static List<Thread> watchers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("gatehouse-time-limit"))
        .toList();
  }

  private void untilItIs(Thread.State state) {
    Await.until("the watcher is " + state, () -> watcher.getState() == state);
  }

  @Test
  void whileExchangesHangTheThreadThatWatchesThemSleeps() throws Exception {
    untilItIs(Thread.State.WAITING);
    try (var first = timeLimit.begin(Deadline.in(LONG));
        var second = timeLimit.begin(Deadline.in(LONG))) {
      untilItIs(Thread.State.TIMED_WAITING);

      assertThat(first.isOver()).isFalse();
      assertThat(second.isOver()).isFalse();
    }
  }

  @Test
  void oneThatEndsBeforeThoseAlreadyWatchedEndsInTime() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (var first = timeLimit.begin(Deadline.in(LONG))) {
      untilItIs(Thread.State.TIMED_WAITING);
      try (var second = timeLimit.begin(Deadline.in(Duration.ofMillis(20)))) {
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
