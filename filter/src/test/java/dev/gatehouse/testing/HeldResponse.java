package dev.gatehouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Holds back the responses to all requests until the test releases them. */
public final class HeldResponse implements Behaviour {

  private final Behaviour behaviour;
  private final Semaphore requests = new Semaphore(0);
  private final CountDownLatch released = new CountDownLatch(1);

  public HeldResponse(Behaviour behaviour) {
    this.behaviour = behaviour;
  }

  @Override
  public void respond(HttpExchange exchange) throws IOException {
    requests.release();
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    behaviour.respond(exchange);
  }

  /** Waits until this many more requests have arrived. */
  public void awaitRequests(int count) throws InterruptedException {
    assertThat(requests.tryAcquire(count, 60, TimeUnit.SECONDS)).as("requests in time").isTrue();
  }

  public void release() {
    released.countDown();
  }
}
