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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who asks, who waits for another's question, and who is told at once that there is no place. */
class TokenVerifierTest {

  private static final String PEER = "127.0.0.1";
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

  private HeldResponse hold(String answer) {
    HeldResponse held = new HeldResponse(json(200, answer));
    as.introspection(held);
    return held;
  }

  private CompletableFuture<VerificationResult> inBackground(Supplier<VerificationResult> ask) {
    return CompletableFuture.supplyAsync(ask, threads);
  }

  /** A server that hangs must not take all of the container's threads with it. */
  @Test
  void beyondThoseWhoMayWaitNobodyWaits() throws Exception {
    HeldResponse inactive = hold("{\"active\":false}");
    TokenVerifier verifier = verifier(1, LONG, Ticker.systemTicker());
    Supplier<VerificationResult> ask =
        () -> verifier.verify(new BearerToken(Secrets.token()), () -> PEER);
    CompletableFuture<VerificationResult> asking = inBackground(ask);
    inactive.awaitRequests(1);
    CompletableFuture<VerificationResult> one = inBackground(ask);
    CompletableFuture<VerificationResult> other = inBackground(ask);

    // One of the two has the only place to wait, and waits; the other is told at once.
    assertThat(CompletableFuture.anyOf(one, other).get())
        .isInstanceOf(VerificationResult.Unavailable.class);
    assertThat(one.isDone() && other.isDone()).isFalse();
    CompletableFuture<VerificationResult> waited = one.isDone() ? other : one;
    inactive.release();
    assertThat(asking.get()).isInstanceOf(VerificationResult.Inactive.class);
    assertThat(waited.get()).isInstanceOf(VerificationResult.Inactive.class);
  }

  @Test
  void whoeverComesAfterThePatientOnesGivesUpBeforeTheQuestionDoes() throws Exception {
    HeldResponse inactive = hold("{\"active\":false}");
    TokenVerifier verifier = verifier(1, Duration.ofMillis(1), Ticker.systemTicker());
    BearerToken token = new BearerToken(Secrets.token());
    CompletableFuture<VerificationResult> asking =
        inBackground(() -> verifier.verify(token, () -> PEER));
    inactive.awaitRequests(1);

    VerificationResult impatient = verifier.verify(token, () -> PEER);

    assertThat(((VerificationResult.Unavailable) impatient).reason()).isEqualTo(Reason.BUSY);
    inactive.release();
    assertThat(asking.get()).isInstanceOf(VerificationResult.Inactive.class);
    assertThat(as.introspectionRequests()).hasSize(1);
  }

  /** The threads that would wait are needed for those with cached tokens. */
  @Test
  void forAServerThatIsSilentNobodyWaitsButThePatientOnes() throws Exception {
    HeldResponse inactive = hold("{\"active\":false}");
    TokenVerifier verifier = verifier(1, Duration.ofHours(1), Ticker.systemTicker());
    BearerToken token = new BearerToken(Secrets.token());
    CompletableFuture<VerificationResult> asking =
        inBackground(() -> verifier.verify(token, () -> PEER));
    inactive.awaitRequests(1);
    clock.advance(Duration.ofMillis(1_001));

    for (BearerToken each : List.of(token, new BearerToken(Secrets.token()))) {
      VerificationResult verdict =
          assertTimeoutPreemptively(LONG, () -> verifier.verify(each, () -> PEER));
      assertThat(((VerificationResult.Unavailable) verdict).reason()).isEqualTo(Reason.BUSY);
      assertThat(((VerificationResult.Unavailable) verdict).outage()).isTrue();
    }
    inactive.release();
    assertThat(asking.get()).isInstanceOf(VerificationResult.Inactive.class);
    assertThat(verifier.verify(new BearerToken(Secrets.token()), () -> PEER))
        .isInstanceOf(VerificationResult.Inactive.class);
  }

  /**
   * A hot token that nobody knows, of whose callers each would hold a thread: those with good
   * tokens need them.
   */
  @Test
  void aCrowdWithOneTokenHoldsNoThreadsOnceTheServerIsSilent() throws Exception {
    ExecutorService container = Executors.newFixedThreadPool(4);
    try {
      as.introspection(json(200, "{\"active\":true}"));
      TokenVerifier verifier = verifier(2, Duration.ofHours(1), Ticker.disabledTicker());
      BearerToken known = new BearerToken(Secrets.token());
      assertThat(verifier.verify(known, () -> PEER)).isInstanceOf(VerificationResult.Active.class);
      HeldResponse inactive = hold("{\"active\":false}");
      BearerToken hot = new BearerToken(Secrets.token());
      Callable<VerificationResult> call = () -> verifier.verify(hot, () -> PEER);
      Future<VerificationResult> asking = container.submit(call);
      inactive.awaitRequests(1);
      clock.advance(Duration.ofMillis(1_001));

      var crowd = new ExecutorCompletionService<VerificationResult>(container);
      List<Future<VerificationResult>> good = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        crowd.submit(call);
        good.add(container.submit(() -> verifier.verify(known, () -> PEER)));
      }

      for (Future<VerificationResult> each : good) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isInstanceOf(VerificationResult.Active.class);
      }
      for (int i = 0; i < 99; i++) {
        VerificationResult verdict = requireNonNull(crowd.poll(60, TimeUnit.SECONDS)).get();
        assertThat(((VerificationResult.Unavailable) verdict).reason()).isEqualTo(Reason.BUSY);
      }
      assertThat(crowd.poll()).as("the patient one").isNull();
      assertThat(asking).isNotDone();
      inactive.release();
      assertThat(crowd.take().get()).isInstanceOf(VerificationResult.Inactive.class);
      assertThat(asking.get()).isInstanceOf(VerificationResult.Inactive.class);
      assertThat(as.introspectionRequests()).hasSize(2);
    } finally {
      container.shutdownNow();
    }
  }

  /** Also within the limit on bad tokens: only the one that asks could be charged. */
  @Test
  void aThousandAtOnceWithOneNewTokenAreOneQuestion() throws Exception {
    HeldResponse active = hold("{\"active\":true}");
    TokenVerifier verifier = verifier(1, LONG, Ticker.systemTicker(), 1);
    BearerToken token = new BearerToken(Secrets.token());
    List<CompletableFuture<VerificationResult>> all = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      all.add(inBackground(() -> verifier.verify(token, () -> PEER)));
    }
    active.awaitRequests(1);
    active.release();

    for (CompletableFuture<VerificationResult> each : all) {
      assertThat(each.get()).isInstanceOf(VerificationResult.Active.class);
    }
    assertThat(as.introspectionRequests()).hasSize(1);
  }

  /**
   * The invariant, by the thousand, while entries expire under the callers' feet and others' tokens
   * are evicted.
   */
  @Test
  void atNoTimeAreTwoQuestionsAboutOneTokenUnderWay() throws Exception {
    Map<String, AtomicInteger> underWay = new ConcurrentHashMap<>();
    AtomicInteger mostAtOnce = new AtomicInteger();
    Random answers = new Random(42);
    as.introspectionResponses(
        question ->
            exchange -> {
              AtomicInteger here =
                  underWay.computeIfAbsent(question.parameter("token"), t -> new AtomicInteger());
              mostAtOnce.accumulateAndGet(here.incrementAndGet(), Math::max);
              int kind = answers.nextInt(4);
              Behaviour answer =
                  kind == 0 ? json(500, "{}") : json(200, "{\"active\":" + (kind == 1) + "}");
              here.decrementAndGet(); // before it is sent: the next question may follow at once
              answer.respond(exchange);
            });
    AtomicLong nanos = new AtomicLong();
    TokenVerifier verifier = verifier(8, LONG, nanos::get);
    List<BearerToken> tokens = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      tokens.add(new BearerToken(Secrets.token()));
    }
    CyclicBarrier start = new CyclicBarrier(8);
    List<Future<Integer>> crowd = new ArrayList<>();
    for (int member = 0; member < 8; member++) {
      Random choice = new Random(member);
      crowd.add(
          threads.submit(
              () -> {
                int verdicts = 0;
                for (int round = 0; round < 500; round++) {
                  start.await();
                  nanos.addAndGet(
                      choice.nextInt(2_000_000_000)); // on average, past the entries' time
                  requireNonNull(cache).evictUser("somebody else");
                  assertThat(verifier.verify(tokens.get(choice.nextInt(5)), () -> PEER))
                      .isNotNull();
                  verdicts++;
                }
                return verdicts;
              }));
    }
    for (Future<Integer> verdicts : crowd) {
      assertThat(verdicts.get()).isEqualTo(500);
    }

    assertThat(mostAtOnce).hasValue(1);
    assertThat(as.introspectionRequests()).hasSizeLessThan(8 * 500);
  }

  /** Who waits for a question that is refused for its peer's sake asks for itself. */
  @Test
  void nobodyIsRefusedForWhatAnotherPeerHasSent() throws Exception {
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

  private TokenVerifier verifier(int places, Duration maxWait, Ticker ticker) {
    return verifier(places, maxWait, ticker, 0);
  }

  private TokenVerifier verifier(int places, Duration maxWait, Ticker ticker, int badTokens) {
    http = Introspectors.client(Duration.ofSeconds(2), LONG, places);
    var introspector =
        Introspectors.at(
            as.introspectionEndpoint(),
            new CircuitBreakerSettings(Duration.ofSeconds(5), LONG),
            http,
            new ProbeExecutor(),
            clock);
    cache =
        new ResultCache(
            List.of(introspector.server()),
            new CacheSettings(
                Duration.ofSeconds(30), Duration.ofSeconds(5), 100_000, Duration.ZERO, true),
            clock,
            ticker);
    return new TokenVerifier(
        new ServerSelection(List.of(introspector), false),
        cache,
        new BadTokenLimit(badTokens, ticker),
        LONG,
        places,
        maxWait);
  }
}
