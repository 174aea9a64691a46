package dev.gatehouse;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Secrets;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Callers whose tokens hang, and one that measures what needs no introspection. */
final class HangingCallers {

  private static final int CALLERS = 200;

  /** What a slow machine may take; far less than callers that hang one after the other. */
  private static final Duration TOO_LONG = HangingTokens.REQUEST_TIMEOUT.multipliedBy(2);

  private static final Logger LOG = LoggerFactory.getLogger(HangingCallers.class);

  private static final Duration BETWEEN_CALLS = Duration.ofMillis(250);

  private final String origin;
  private final AtomicLong longestNanos = new AtomicLong();
  private final List<CompletableFuture<Void>> running = new ArrayList<>();
  private volatile boolean stopped;

  /** Supplies the token of each caller. */
  private final Supplier<String> tokens;

  HangingCallers(int port) {
    this(port, Secrets::token);
  }

  HangingCallers(int port, Supplier<String> tokens) {
    this.origin = "http://127.0.0.1:" + port;
    this.tokens = tokens;
  }

  private CompletableFuture<Integer> send(String path, String token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(origin + path)).timeout(Duration.ofMinutes(2));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return ProtectedServer.CLIENT
        .sendAsync(request.build(), HttpResponse.BodyHandlers.discarding())
        .thenApply(HttpResponse::statusCode);
  }

  int status(String token) throws Exception {
    return send("/mcp", token).get(120, SECONDS);
  }

  List<CompletableFuture<Integer>> callInBackground(int count) {
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(send("/mcp", Secrets.token()));
    }
    return calls;
  }

  /**
   * Lets 200 callers call with tokens that hang, and again, until each has been answered. Returns
   * the longest waits for what needs no introspection: until the first of them was answered, and
   * after that.
   */
  List<Duration> measure(Consumer<String> hang) throws Exception {
    String cached = Secrets.token();
    for (int i = 0; i < 20; i++) {
      assertThat(status(Secrets.token())).isEqualTo(200);
    }
    assertThat(status(cached)).isEqualTo(200);
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch all = new CountDownLatch(CALLERS);
    for (int i = 0; i < CALLERS; i++) {
      String token = tokens.get();
      hang.accept(token);
      running.add(
          call(token)
              .thenCompose(
                  done -> {
                    first.countDown();
                    all.countDown();
                    return again(token);
                  }));
    }
    Duration onset = Duration.ZERO;
    Duration afterwards = Duration.ZERO;
    while (all.getCount() > 0) {
      boolean isOnset = first.getCount() > 0;
      Duration wait = max(get("/mcp", cached, 200), get("/mcp", "", 401));
      wait = max(wait, get("/.well-known/oauth-protected-resource/mcp", "", 200));
      if (isOnset) {
        onset = max(onset, wait);
      } else {
        afterwards = max(afterwards, wait);
      }
    }
    return List.of(onset, afterwards);
  }

  private CompletableFuture<Void> call(String token) {
    long start = System.nanoTime();
    return send("/mcp", token)
        .thenAccept(status -> longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max));
  }

  private CompletableFuture<Void> again(String token) {
    if (stopped) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.runAsync(
            () -> {}, CompletableFuture.delayedExecutor(BETWEEN_CALLS.toMillis(), MILLISECONDS))
        .thenCompose(done -> call(token))
        .thenCompose(done -> again(token));
  }

  private Duration get(String path, String token, int expected) throws Exception {
    long start = System.nanoTime();
    assertThat(send(path, token).get(120, SECONDS)).isEqualTo(expected);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  void stop() throws Exception {
    stopped = true;
    for (CompletableFuture<Void> each : running) {
      each.get(120, SECONDS);
    }
  }

  /**
   * No caller has waited too long.
   *
   * @param longest the result of {@link #measure}
   */
  void assertAnsweredInTime(List<Duration> longest) {
    Duration own = Duration.ofNanos(longestNanos.get());
    LOG.info( // is printed if the test fails
        "longest waits: onset {} ms, afterwards {} ms, hanging callers {} ms",
        longest.get(0).toMillis(),
        longest.get(1).toMillis(),
        own.toMillis());
    assertThat(longest).allMatch(each -> each.compareTo(TOO_LONG) < 0);
    assertThat(own).isLessThan(TOO_LONG);
  }
}
