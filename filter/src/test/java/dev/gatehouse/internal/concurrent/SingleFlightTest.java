package dev.gatehouse.internal.concurrent;

import static dev.gatehouse.internal.concurrent.SingleFlight.CountedFrom.START_OF_CALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.gatehouse.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** At most one computation per key runs at a time, whatever the order of events. */
class SingleFlightTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong nanos = new AtomicLong();
  private final SingleFlight<String, String> singleFlight = new SingleFlight<>(nanos::get);
  private final CountDownLatch mayFinish = new CountDownLatch(1);

  @AfterEach
  void stop() {
    mayFinish.countDown();
    threads.shutdownNow();
  }

  /** A computation that signals its start and ends when {@link #mayFinish} opens. */
  private Supplier<String> slow(CountDownLatch started, String value) {
    return () -> {
      started.countDown();
      await(mayFinish);
      return value;
    };
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String never(SingleFlight.Call<String> call) {
    throw new AssertionError("must not compute");
  }

  private Future<Optional<String>> compute(Supplier<String> computation) {
    return threads.submit(
        () -> singleFlight.get("key", upTo(LONG), START_OF_CALL, call -> computation.get()));
  }

  /** Returns when all these threads wait for the result of another. */
  private static void awaitWaiting(List<Thread> waiting) {
    Await.until(
        "all threads wait",
        () -> waiting.stream().allMatch(t -> t.getState() == Thread.State.TIMED_WAITING));
  }

  /** Starts a thread that waits for another's result, or computes {@code own} if necessary. */
  private Thread startWaiter(List<Optional<String>> results, String own) {
    Thread thread =
        new Thread(
            () -> {
              Optional<String> result =
                  singleFlight.get("key", upTo(LONG), START_OF_CALL, call -> own);
              synchronized (results) {
                results.add(result);
              }
            });
    thread.start();
    return thread;
  }

  private static Supplier<SingleFlight.Wait> upTo(Duration max) {
    return () -> SingleFlight.Wait.upTo(max);
  }

  @Test
  void callersDuringAComputationGetItsResult() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Future<Optional<String>> first = compute(slow(started, "value"));
    started.await();
    List<Optional<String>> results = new ArrayList<>();
    List<Thread> waiting =
        List.of(
            startWaiter(results, "own"), startWaiter(results, "own"), startWaiter(results, "own"));
    awaitWaiting(waiting);
    mayFinish.countDown();
    for (Thread thread : waiting) {
      thread.join();
    }

    assertThat(first.get()).hasValue("value");
    assertThat(results).containsOnly(Optional.of("value")).hasSize(3);
  }

  @Test
  void aCallerAfterTheResultComputesAnew() {
    assertThat(singleFlight.get("key", upTo(LONG), START_OF_CALL, call -> "one")).hasValue("one");
    assertThat(singleFlight.get("key", upTo(LONG), START_OF_CALL, call -> "two")).hasValue("two");
  }

  @Test
  void aSlowKeyDoesNotDelayOtherKeys() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Future<Optional<String>> slow = compute(slow(started, "slow"));
    started.await();

    // Some of a thousand keys share a bin of the hash table with the slow one.
    for (int i = 0; i < 1_000; i++) {
      String key = "other-" + i;
      assertTimeoutPreemptively(
          LONG, () -> singleFlight.get(key, upTo(LONG), START_OF_CALL, call -> key));
    }
    mayFinish.countDown();
    assertThat(slow.get()).hasValue("slow");
  }

  @Test
  void aCallerStopsWaitingAtItsOwnLimitAndTheComputationContinues() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Future<Optional<String>> first = compute(slow(started, "value"));
    started.await();

    assertThat(singleFlight.get("key", upTo(Duration.ZERO), START_OF_CALL, SingleFlightTest::never))
        .isEmpty();
    mayFinish.countDown();
    assertThat(first.get()).hasValue("value");
  }

  @Test
  void anInterruptedCallerStopsWaitingAndStaysInterrupted() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Future<Optional<String>> first = compute(slow(started, "value"));
    started.await();
    Thread.currentThread().interrupt();

    assertThat(singleFlight.get("key", upTo(LONG), START_OF_CALL, SingleFlightTest::never))
        .isEmpty();
    assertThat(Thread.interrupted()).isTrue();
    mayFinish.countDown();
    assertThat(first.get()).hasValue("value");
  }

  /** The result of an interrupted computation says nothing about the value. */
  @Test
  void aWaitingCallerComputesIfTheComputingOneIsInterrupted() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Thread first =
        new Thread(
            () ->
                singleFlight.get(
                    "key", upTo(LONG), START_OF_CALL, call -> slow(started, "interrupted").get()));
    first.start();
    started.await();
    AtomicInteger computations = new AtomicInteger();
    List<Optional<String>> results = new ArrayList<>();
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                Optional<String> result =
                    singleFlight.get(
                        "key",
                        upTo(LONG),
                        START_OF_CALL,
                        call -> "value " + computations.incrementAndGet());
                synchronized (results) {
                  results.add(result);
                }
              });
      thread.start();
      waiting.add(thread);
    }
    awaitWaiting(waiting);
    first.interrupt();
    for (Thread thread : waiting) {
      thread.join();
    }

    assertThat(results).hasSize(8).doesNotContain(Optional.of("interrupted"));
    assertThat(computations.get()).isPositive();
  }

  @Test
  void aFailureIsSharedWithWaitingCallersButNotWithLaterOnes() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Future<Optional<String>> first =
        compute(
            () -> {
              started.countDown();
              await(mayFinish);
              throw new IllegalArgumentException("a bug");
            });
    started.await();
    AtomicBoolean failed = new AtomicBoolean();
    Thread waiting =
        new Thread(
            () -> {
              try {
                var unused =
                    singleFlight.get("key", upTo(LONG), START_OF_CALL, SingleFlightTest::never);
              } catch (IllegalStateException e) {
                failed.set(true);
              }
            });
    waiting.start();
    awaitWaiting(List.of(waiting));
    mayFinish.countDown();
    waiting.join();

    assertThatThrownBy(first::get).hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(failed).isTrue();
    assertThat(singleFlight.get("key", upTo(LONG), START_OF_CALL, call -> "value"))
        .hasValue("value");
  }

  /** Otherwise each newcomer would wait the whole time for a computation that already hangs. */
  @Test
  void theMaximumWaitCountsFromTheStartOfTheComputation() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Future<Optional<String>> first = compute(slow(started, "value"));
    started.await();
    nanos.addAndGet(LONG.toNanos());

    assertTimeoutPreemptively(
        LONG.dividedBy(2),
        () ->
            assertThat(singleFlight.get("key", upTo(LONG), START_OF_CALL, SingleFlightTest::never))
                .isEmpty());
    mayFinish.countDown();
    assertThat(first.get()).hasValue("value");
  }

  @Test
  void onlyTheComputingCallerGetsAnInvalidatedResult() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Future<Optional<String>> first = compute(slow(started, "old"));
    started.await();
    List<Optional<String>> results = new ArrayList<>();
    Thread waiting = startWaiter(results, "new");
    awaitWaiting(List.of(waiting));

    singleFlight.invalidate("another key");
    singleFlight.invalidate("key");

    assertThat(singleFlight.get("key", upTo(LONG), START_OF_CALL, call -> "newer"))
        .hasValue("newer"); // without waiting
    mayFinish.countDown();
    waiting.join();
    assertThat(first.get()).hasValue("old");
    assertThat(results).containsExactly(Optional.of("new"));
  }

  @ParameterizedTest(name = "{0} is invalidated")
  @CsvSource({"old, new", "something else, old"})
  void waitingCallersGetTheResultUnlessAPredicateInvalidatesIt(String outdated, String expected)
      throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Future<Optional<String>> first = compute(slow(started, "old"));
    started.await();
    singleFlight.invalidate(outdated::equals);
    List<Optional<String>> results = new ArrayList<>();
    Thread waiting = startWaiter(results, "new"); // waits, because the value is not known yet
    awaitWaiting(List.of(waiting));
    mayFinish.countDown();
    waiting.join();

    assertThat(first.get()).hasValue("old");
    assertThat(results).containsExactly(Optional.of(expected));
  }

  @Test
  void invalidatedValuesAreNotStored() {
    List<String> stored = new ArrayList<>();
    singleFlight.get(
        "key",
        upTo(LONG),
        START_OF_CALL,
        call -> {
          call.storeUnlessInvalidated("one", () -> stored.add("one"));
          singleFlight.invalidate("two"::equals);
          call.storeUnlessInvalidated("two", () -> stored.add("two"));
          call.storeUnlessInvalidated("three", () -> stored.add("three"));
          singleFlight.invalidate("key");
          call.storeUnlessInvalidated("four", () -> stored.add("four"));
          return "end";
        });

    assertThat(stored).containsExactly("one", "three");
  }

  /** The invariant, with some computations that fail and some callers that do not wait. */
  @Test
  void noTwoComputationsOfOneKeyEverRunConcurrently() throws Exception {
    int callers = 8;
    CyclicBarrier start = new CyclicBarrier(callers);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger maxRunning = new AtomicInteger();
    List<Future<Integer>> outcomesOfAll = new ArrayList<>();
    for (int caller = 0; caller < callers; caller++) {
      int seed = caller;
      outcomesOfAll.add(
          threads.submit(
              () -> {
                int outcomes = 0;
                for (int round = 0; round < 2_000; round++) {
                  start.await();
                  boolean fails = (round + seed) % 5 == 0;
                  Duration maxWait = (round + seed) % 3 == 0 ? Duration.ZERO : LONG;
                  try {
                    var unused =
                        singleFlight.get(
                            "key",
                            upTo(maxWait),
                            START_OF_CALL,
                            call -> {
                              maxRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
                              Thread.onSpinWait();
                              running.decrementAndGet();
                              if (fails) {
                                throw new IllegalStateException("fails");
                              }
                              return "value";
                            });
                  } catch (IllegalStateException e) {
                    assertThat(e).isNotNull(); // our own failure, or the shared one
                  }
                  outcomes++;
                }
                return outcomes;
              }));
    }
    for (Future<Integer> outcomes : outcomesOfAll) {
      assertThat(outcomes.get()).isEqualTo(2_000);
    }

    assertThat(maxRunning).hasValue(1);
    assertThat(singleFlight.get("key", upTo(LONG), START_OF_CALL, call -> "still works"))
        .hasValue("still works");
  }
}
