package dev.gatehouse.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamThreadsTest {

  private final CountDownLatch slowClient = new CountDownLatch(1);
  private final AtomicInteger running = new AtomicInteger();
  private final StreamThreads threads = new StreamThreads();

  private void endSlowly(int count) {
    for (int i = 0; i < count; i++) {
      threads.end(
          () -> {
            running.incrementAndGet();
            try {
              assertThat(slowClient.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            running.decrementAndGet();
          });
    }
  }

  @AfterEach
  void close() {
    slowClient.countDown();
    threads.close();
    threads.awaitTermination();
  }

  @Test
  void endsThatWereRequestedJustNowNeedNoMoreThreads() {
    threads.relieveEnds();
    endSlowly(100);
    threads.relieveEnds();
    Await.until("four ends run", () -> running.get() == 4);
    threads.relieveEnds(); // now they have been delayed since the last look
    Await.until("more ends run", () -> running.get() == 16);
  }

  @Test
  void allThreadsHelpFourLooksAfterTheFirstDelay() {
    endSlowly(1_000);
    for (int i = 0; i < 4; i++) {
      threads.relieveEnds();
    }
    Await.until("many ends run", () -> running.get() == 256);
    threads.relieveEnds();
    assertThat(running).hasValue(256);
    slowClient.countDown();
    Await.until("all have ended", () -> running.get() == 0);
  }
}
