package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A server that hangs must not take all of the container's threads with it. */
class TokenVerifierTest {

  @Test
  void beyondThoseWhoMayWaitNobodyWaits() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (var as = new FakeAuthorizationServer()) {
      as.introspection(
          exchange -> {
            arrived.countDown();
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            FakeAuthorizationServer.json(200, "{\"active\":false}").answer(exchange);
          });
      TokenVerifier verifier = verifier(as, 1);
      Supplier<Verdict> ask = () -> verifier.verify(new BearerToken(Secrets.token()));
      CompletableFuture<Verdict> asking = CompletableFuture.supplyAsync(ask, threads);
      arrived.await();
      CompletableFuture<Verdict> one = CompletableFuture.supplyAsync(ask, threads);
      CompletableFuture<Verdict> other = CompletableFuture.supplyAsync(ask, threads);

      // One of the two has the only place to wait, and waits; the other is told at once.
      assertThat(CompletableFuture.anyOf(one, other).get()).isInstanceOf(Verdict.Unavailable.class);
      assertThat(one.isDone() && other.isDone()).isFalse();
      CompletableFuture<Verdict> waited = one.isDone() ? other : one;
      released.countDown();
      assertThat(asking.get()).isInstanceOf(Verdict.Inactive.class);
      assertThat(waited.get()).isInstanceOf(Verdict.Inactive.class);
    } finally {
      released.countDown();
      threads.shutdownNow();
    }
  }

  private static TokenVerifier verifier(FakeAuthorizationServer as, int places) {
    Settings settings =
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none")
            .requestTimeout(Duration.ofMinutes(1))
            .maxConcurrentIntrospections(places)
            .build();
    var introspector =
        new Introspector(settings.servers.get(0), false, new BoundedHttpClient(settings));
    var cache = new IntrospectionCache(settings, InstantSource.system(), Ticker.systemTicker());
    return new TokenVerifier(
        new ServerChoice(List.of(introspector), false), cache, settings, Duration.ofMinutes(1));
  }
}
