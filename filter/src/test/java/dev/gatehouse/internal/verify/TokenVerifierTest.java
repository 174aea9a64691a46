package dev.gatehouse.internal.verify;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.introspection.CircuitBreakerSettings;
import dev.gatehouse.internal.introspection.Introspectors;
import dev.gatehouse.internal.introspection.ProbeExecutor;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which callers introspect, wait for another's introspection, or are refused as busy. */
class TokenVerifierTest {

  @AutoClose private final ProbeExecutor probes = new ProbeExecutor();

  private static final String CLIENT_ADDRESS = "127.0.0.1";
  private static final Duration LONG = Duration.ofMinutes(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private FakeAuthorizationServer as;
  private @Nullable ResultCache cache;
  private @Nullable BoundedHttpClient http;

  @BeforeEach
  void start() throws IOException {
    as = new FakeAuthorizationServer();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    as.close();
    if (http != null) {
      http.close();
    }
  }

  private HeldResponse hold(String response) {
    HeldResponse held = new HeldResponse(json(200, response));
    as.introspection(held);
    return held;
  }

  private CompletableFuture<VerificationResult> inBackground(
      Supplier<VerificationResult> verification) {
    return CompletableFuture.supplyAsync(verification, threads);
  }

  /** A server that hangs must not take all of the container's threads with it. */
  @Test
  void callersBeyondTheLimitOfWaitingOnesAreRefused() throws Exception {
    HeldResponse inactive = hold("{\"active\":false}");
    TokenVerifier verifier = verifier(1, LONG, Ticker.systemTicker());
    Supplier<VerificationResult> verification =
        () -> verifier.verify(new BearerToken(Secrets.token()), () -> CLIENT_ADDRESS);
    CompletableFuture<VerificationResult> introspecting = inBackground(verification);
    inactive.awaitRequests(1);
    CompletableFuture<VerificationResult> one = inBackground(verification);
    CompletableFuture<VerificationResult> other = inBackground(verification);

    // One of the two may wait for a permit; the other is refused immediately.
    assertThat(CompletableFuture.anyOf(one, other).get())
        .isInstanceOf(VerificationResult.Unavailable.class);
    assertThat(one.isDone() && other.isDone()).isFalse();
    CompletableFuture<VerificationResult> waited = one.isDone() ? other : one;
    inactive.release();
    assertThat(introspecting.get()).isInstanceOf(VerificationResult.Inactive.class);
    assertThat(waited.get()).isInstanceOf(VerificationResult.Inactive.class);
  }

  @Test
  void aCallerBeyondTheLimitStopsWaitingBeforeTheIntrospectionEnds() throws Exception {
    HeldResponse inactive = hold("{\"active\":false}");
    TokenVerifier verifier = verifier(1, Duration.ofMillis(1), Ticker.systemTicker());
    BearerToken token = new BearerToken(Secrets.token());
    CompletableFuture<VerificationResult> introspecting =
        inBackground(() -> verifier.verify(token, () -> CLIENT_ADDRESS));
    inactive.awaitRequests(1);

    VerificationResult beyondLimit = verifier.verify(token, () -> CLIENT_ADDRESS);

    assertThat(((VerificationResult.Unavailable) beyondLimit).reason()).isEqualTo(Reason.BUSY);
    inactive.release();
    assertThat(introspecting.get()).isInstanceOf(VerificationResult.Inactive.class);
    assertThat(as.introspectionRequests()).hasSize(1);
  }

  /** Their threads are needed for callers with cached tokens. */
  @Test
  void callersBeyondTheLimitDoNotWaitForAnUnresponsiveServer() throws Exception {
    HeldResponse inactive = hold("{\"active\":false}");
    TokenVerifier verifier = verifier(1, Duration.ofHours(1), Ticker.systemTicker());
    BearerToken token = new BearerToken(Secrets.token());
    CompletableFuture<VerificationResult> introspecting =
        inBackground(() -> verifier.verify(token, () -> CLIENT_ADDRESS));
    inactive.awaitRequests(1);
    clock.advance(Duration.ofMillis(1_001));

    for (BearerToken each : List.of(token, new BearerToken(Secrets.token()))) {
      VerificationResult result =
          assertTimeoutPreemptively(LONG, () -> verifier.verify(each, () -> CLIENT_ADDRESS));
      assertThat(((VerificationResult.Unavailable) result).reason()).isEqualTo(Reason.BUSY);
      assertThat(((VerificationResult.Unavailable) result).outage()).isTrue();
    }
    inactive.release();
    assertThat(introspecting.get()).isInstanceOf(VerificationResult.Inactive.class);
    assertThat(verifier.verify(new BearerToken(Secrets.token()), () -> CLIENT_ADDRESS))
        .isInstanceOf(VerificationResult.Inactive.class);
  }

  /** Otherwise the callers of one uncached token would hold all threads of the container. */
  @Test
  void callersOfOneTokenDoNotHoldThreadsWhileTheServerIsUnresponsive() throws Exception {
    ExecutorService container = Executors.newFixedThreadPool(4);
    try {
      as.introspection(json(200, "{\"active\":true}"));
      TokenVerifier verifier = verifier(2, Duration.ofHours(1), Ticker.disabledTicker());
      BearerToken cached = new BearerToken(Secrets.token());
      assertThat(verifier.verify(cached, () -> CLIENT_ADDRESS))
          .isInstanceOf(VerificationResult.Active.class);
      HeldResponse inactive = hold("{\"active\":false}");
      BearerToken uncached = new BearerToken(Secrets.token());
      Callable<VerificationResult> call = () -> verifier.verify(uncached, () -> CLIENT_ADDRESS);
      Future<VerificationResult> introspecting = container.submit(call);
      inactive.awaitRequests(1);
      clock.advance(Duration.ofMillis(1_001));

      var results = new ExecutorCompletionService<VerificationResult>(container);
      List<Future<VerificationResult>> active = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        results.submit(call);
        active.add(container.submit(() -> verifier.verify(cached, () -> CLIENT_ADDRESS)));
      }

      for (Future<VerificationResult> each : active) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isInstanceOf(VerificationResult.Active.class);
      }
      for (int i = 0; i < 99; i++) {
        VerificationResult result = requireNonNull(results.poll(60, TimeUnit.SECONDS)).get();
        assertThat(((VerificationResult.Unavailable) result).reason()).isEqualTo(Reason.BUSY);
      }
      assertThat(results.poll()).as("the caller within the limit").isNull();
      assertThat(introspecting).isNotDone();
      inactive.release();
      assertThat(results.take().get()).isInstanceOf(VerificationResult.Inactive.class);
      assertThat(introspecting.get()).isInstanceOf(VerificationResult.Inactive.class);
      assertThat(as.introspectionRequests()).hasSize(2);
    } finally {
      container.shutdownNow();
    }
  }

  /** Only the caller that introspects can be charged to the limit on bad tokens. */
  @Test
  void aThousandConcurrentCallersOfOneTokenCauseOneIntrospectionRequest() throws Exception {
    HeldResponse active = hold("{\"active\":true}");
    TokenVerifier verifier = verifier(1, LONG, Ticker.systemTicker(), 1);
    BearerToken token = new BearerToken(Secrets.token());
    List<CompletableFuture<VerificationResult>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      all.add(inBackground(() -> verifier.verify(token, () -> CLIENT_ADDRESS)));
    }
    active.awaitRequests(1);
    active.release();

    for (CompletableFuture<VerificationResult> each : all) {
      assertThat(each.get()).isInstanceOf(VerificationResult.Active.class);
    }
    assertThat(as.introspectionRequests()).hasSize(1);
  }

  /** The invariant, with thousands of calls while entries expire and others are evicted. */
  @Test
  void oneTokenNeverHasTwoConcurrentIntrospectionRequests() throws Exception {
    Map<String, AtomicInteger> pending = new ConcurrentHashMap<>();
    AtomicInteger maxPending = new AtomicInteger();
    Random kinds = new Random(42);
    as.introspectionResponses(
        request ->
            exchange -> {
              AtomicInteger ofToken =
                  pending.computeIfAbsent(request.parameter("token"), t -> new AtomicInteger());
              maxPending.accumulateAndGet(ofToken.incrementAndGet(), Math::max);
              int kind = kinds.nextInt(4);
              Behaviour response =
                  kind == 0 ? json(500, "{}") : json(200, "{\"active\":" + (kind == 1) + "}");
              ofToken.decrementAndGet(); // the next may follow the response
              response.respond(exchange);
            });
    AtomicLong nanos = new AtomicLong();
    TokenVerifier verifier = verifier(8, LONG, nanos::get);
    List<BearerToken> tokens = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      tokens.add(new BearerToken(Secrets.token()));
    }
    CyclicBarrier start = new CyclicBarrier(8);
    List<Future<Integer>> callers = new ArrayList<>();
    for (int caller = 0; caller < 8; caller++) {
      Random choice = new Random(caller);
      callers.add(
          threads.submit(
              () -> {
                int results = 0;
                for (int round = 0; round < 500; round++) {
                  start.await();
                  nanos.addAndGet(
                      choice.nextInt(2_000_000_000)); // may exceed the lifetime of entries
                  requireNonNull(cache).evictUser(null, "another user");
                  assertThat(verifier.verify(tokens.get(choice.nextInt(5)), () -> CLIENT_ADDRESS))
                      .isNotNull();
                  results++;
                }
                return results;
              }));
    }
    for (Future<Integer> results : callers) {
      assertThat(results.get()).isEqualTo(500);
    }

    assertThat(maxPending).hasValue(1);
    assertThat(as.introspectionRequests()).hasSizeLessThan(8 * 500);
  }

  /** A caller that waits for one refused by the limit on bad tokens introspects for itself. */
  @Test
  void noCallerIsRefusedForTheBadTokensOfAnotherClientAddress() throws Exception {
    as.introspection(json(200, "{\"active\":false}"));
    TokenVerifier verifier = verifier(8, LONG, Ticker.disabledTicker(), 1);
    assertThat(verifier.verify(new BearerToken(Secrets.token()), () -> "192.0.2.1"))
        .isInstanceOf(VerificationResult.Inactive.class);
    as.introspection(json(200, "{\"active\":true}"));
    for (int round = 0; round < 200; round++) {
      BearerToken token = new BearerToken(Secrets.token());
      CompletableFuture<VerificationResult> limited =
          inBackground(() -> verifier.verify(token, () -> "192.0.2.1"));
      CompletableFuture<VerificationResult> other =
          inBackground(() -> verifier.verify(token, () -> "192.0.2.2"));

      assertThat(other.get()).isInstanceOf(VerificationResult.Active.class);
      assertThat(limited.get()).isNotInstanceOf(VerificationResult.Inactive.class);
    }
  }

  private TokenVerifier verifier(int maxConcurrent, Duration maxWait, Ticker ticker) {
    return verifier(maxConcurrent, maxWait, ticker, 0);
  }

  private TokenVerifier verifier(
      int maxConcurrent, Duration maxWait, Ticker ticker, int badTokens) {
    http = Introspectors.client(Duration.ofSeconds(2), LONG, maxConcurrent);
    var introspector =
        Introspectors.at(
            as.introspectionEndpoint(),
            new CircuitBreakerSettings(Duration.ofSeconds(5), LONG),
            http,
            probes,
            clock);
    cache =
        new ResultCache(
            List.of(introspector.server()),
            new DenyList(List.of(), clock),
            new CacheSettings(
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                100_000,
                100_000_000,
                Duration.ZERO,
                true),
            clock,
            ticker);
    return new TokenVerifier(
        new ServerSelection(List.of(new IntrospectedServer(introspector)), false),
        cache,
        new BadTokenLimit(badTokens, ticker),
        LONG,
        new Bulkhead(maxConcurrent, clock, probes, maxWait));
  }
}
