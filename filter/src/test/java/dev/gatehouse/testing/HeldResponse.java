package dev.gatehouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** An answer that is held back until the test lets it go, to all who ask. */
public final class HeldResponse implements Behaviour {

  private final Behaviour answer;
  private final Semaphore requests = new Semaphore(0);
  private final CountDownLatch released = new CountDownLatch(1);

  public HeldResponse(Behaviour answer) {
    this.answer = answer;
  }

  @Override
  public void respond(HttpExchange exchange) throws IOException {
    requests.release();
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    answer.respond(exchange);
  }

  /** Waits until so many more have asked. */
  public void awaitRequests(int count) throws InterruptedException {
    assertThat(requests.tryAcquire(count, 60, TimeUnit.SECONDS)).as("asked in time").isTrue();
  }

  public void release() {
    released.countDown();
  }
}
