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

/** One fetch for each key at a time, whatever the order of arrival, time-out and failure. */
class SingleFlightTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong nanos = new AtomicLong();
  private final SingleFlight<String, String> flights = new SingleFlight<>(nanos::get);
  private final CountDownLatch landed = new CountDownLatch(1);

  @AfterEach
  void stop() {
    landed.countDown();
    threads.shutdownNow();
  }

  /** A fetch that says when it has begun, and ends when {@link #landed} opens. */
  private Supplier<String> slow(CountDownLatch begun, String value) {
    return () -> {
      begun.countDown();
      await(landed);
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

  private static String never(SingleFlight.Call<String> flight) {
    throw new AssertionError("nobody should fetch");
  }

  private Future<Optional<String>> fly(Supplier<String> fetch) {
    return threads.submit(() -> flights.get("key", LONG, START_OF_CALL, flight -> fetch.get()));
  }

  /** Returns when this many threads wait in a flight. */
  private static void untilWaiting(List<Thread> waiting) {
    Await.until(
        "all wait",
        () -> waiting.stream().allMatch(t -> t.getState() == Thread.State.TIMED_WAITING));
  }

  /** One that waits for what another fetches, and fetches this if it has to. */
  private Thread waiter(List<Optional<String>> results, String own) {
    Thread thread =
        new Thread(
            () -> {
              Optional<String> result = flights.get("key", LONG, START_OF_CALL, flight -> own);
              synchronized (results) {
                results.add(result);
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void whoComesWhileOneFetchesGetsTheSameValue() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Optional<String>> first = fly(slow(begun, "value"));
    begun.await();
    List<Optional<String>> results = new ArrayList<>();
    List<Thread> waiting =
        List.of(waiter(results, "own"), waiter(results, "own"), waiter(results, "own"));
    untilWaiting(waiting);
    landed.countDown();
    for (Thread thread : waiting) {
      thread.join();
    }

    assertThat(first.get()).hasValue("value");
    assertThat(results).containsOnly(Optional.of("value")).hasSize(3);
  }

  @Test
  void whoComesAfterwardsFetchesAnew() {
    assertThat(flights.get("key", LONG, START_OF_CALL, flight -> "one")).hasValue("one");
    assertThat(flights.get("key", LONG, START_OF_CALL, flight -> "two")).hasValue("two");
  }

  @Test
  void aSlowKeyHoldsUpNoOther() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Optional<String>> slow = fly(slow(begun, "slow"));
    begun.await();

    // A thousand others, some of which share a bin of any hash table with the slow one.
    for (int i = 0; i < 1_000; i++) {
      String key = "other-" + i;
      assertTimeoutPreemptively(LONG, () -> flights.get(key, LONG, START_OF_CALL, flight -> key));
    }
    landed.countDown();
    assertThat(slow.get()).hasValue("slow");
  }

  @Test
  void aWaiterGivesUpAtItsOwnTimeLimitAndTheFetchGoesOn() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Optional<String>> first = fly(slow(begun, "value"));
    begun.await();

    assertThat(flights.get("key", Duration.ZERO, START_OF_CALL, SingleFlightTest::never)).isEmpty();
    landed.countDown();
    assertThat(first.get()).hasValue("value");
  }

  @Test
  void anInterruptedWaiterGivesUpAndStaysInterrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Optional<String>> first = fly(slow(begun, "value"));
    begun.await();
    Thread.currentThread().interrupt();

    assertThat(flights.get("key", LONG, START_OF_CALL, SingleFlightTest::never)).isEmpty();
    assertThat(Thread.interrupted()).isTrue();
    landed.countDown();
    assertThat(first.get()).hasValue("value");
  }

  /** What an interrupted thread could not fetch is no failure of the thing itself. */
  @Test
  void whenTheOneThatFetchesIsInterruptedAWaiterFetchesInItsPlace() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Thread first =
        new Thread(
            () ->
                flights.get(
                    "key", LONG, START_OF_CALL, flight -> slow(begun, "interrupted").get()));
    first.start();
    begun.await();
    AtomicInteger fetches = new AtomicInteger();
    List<Optional<String>> results = new ArrayList<>();
    List<Thread> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                Optional<String> result =
                    flights.get(
                        "key", LONG, START_OF_CALL, flight -> "fetch " + fetches.incrementAndGet());
                synchronized (results) {
                  results.add(result);
                }
              });
      thread.start();
      waiting.add(thread);
    }
    untilWaiting(waiting);
    first.interrupt();
    for (Thread thread : waiting) {
      thread.join();
    }

    assertThat(results).hasSize(8).doesNotContain(Optional.of("interrupted"));
    assertThat(fetches.get()).isPositive();
  }

  @Test
  void aFailureIsSharedWithThoseWaitingAndWithNobodyAfterThem() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Optional<String>> first =
        fly(
            () -> {
              begun.countDown();
              await(landed);
              throw new IllegalArgumentException("a bug");
            });
    begun.await();
    AtomicBoolean failed = new AtomicBoolean();
    Thread waiting =
        new Thread(
            () -> {
              try {
                var unused = flights.get("key", LONG, START_OF_CALL, SingleFlightTest::never);
              } catch (IllegalStateException e) {
                failed.set(true);
              }
            });
    waiting.start();
    untilWaiting(List.of(waiting));
    landed.countDown();
    waiting.join();

    assertThatThrownBy(first::get).hasCauseInstanceOf(IllegalArgumentException.class);
    assertThat(failed).isTrue();
    assertThat(flights.get("key", LONG, START_OF_CALL, flight -> "value")).hasValue("value");
  }

  /** Or each of a crowd would wait again for what hangs already. */
  @Test
  void patienceIsCountedFromTheBeginningOfTheFetch() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Optional<String>> first = fly(slow(begun, "value"));
    begun.await();
    nanos.addAndGet(LONG.toNanos());

    assertTimeoutPreemptively(
        LONG.dividedBy(2),
        () ->
            assertThat(flights.get("key", LONG, START_OF_CALL, SingleFlightTest::never)).isEmpty());
    landed.countDown();
    assertThat(first.get()).hasValue("value");
  }

  @Test
  void whatIsInDoubtIsForItsFetcherAlone() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Optional<String>> first = fly(slow(begun, "old"));
    begun.await();
    List<Optional<String>> results = new ArrayList<>();
    Thread waiting = waiter(results, "new");
    untilWaiting(List.of(waiting));

    flights.invalidate("another key");
    flights.invalidate("key");

    assertThat(flights.get("key", LONG, START_OF_CALL, flight -> "newer"))
        .hasValue("newer"); // at once
    landed.countDown();
    waiting.join();
    assertThat(first.get()).hasValue("old");
    assertThat(results).containsExactly(Optional.of("new"));
  }

  @ParameterizedTest(name = "{0} is in doubt")
  @CsvSource({"old, new", "something else, old"})
  void whatTurnsOutToBeInDoubtIsForItsFetcherAlone(String doubtful, String got) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Future<Optional<String>> first = fly(slow(begun, "old"));
    begun.await();
    flights.invalidate(doubtful::equals);
    List<Optional<String>> results = new ArrayList<>();
    Thread waiting = waiter(results, "new"); // since nobody knows yet what it will be
    untilWaiting(List.of(waiting));
    landed.countDown();
    waiting.join();

    assertThat(first.get()).hasValue("old");
    assertThat(results).containsExactly(Optional.of(got));
  }

  @Test
  void whatIsInDoubtIsNotKept() {
    List<String> kept = new ArrayList<>();
    flights.get(
        "key",
        LONG,
        START_OF_CALL,
        flight -> {
          flight.storeUnlessInvalidated("one", () -> kept.add("one"));
          flights.invalidate("two"::equals);
          flight.storeUnlessInvalidated("two", () -> kept.add("two"));
          flight.storeUnlessInvalidated("three", () -> kept.add("three"));
          flights.invalidate("key");
          flight.storeUnlessInvalidated("four", () -> kept.add("four"));
          return "end";
        });

    assertThat(kept).containsExactly("one", "three");
  }

  /** The invariant, with fetches that fail now and then, and waiters that give up at once. */
  @Test
  void atNoTimeDoTwoFetchTheSameKey() throws Exception {
    int crowd = 8;
    CyclicBarrier start = new CyclicBarrier(crowd);
    AtomicInteger fetching = new AtomicInteger();
    AtomicInteger mostAtOnce = new AtomicInteger();
    List<Future<Integer>> crowdsOutcomes = new ArrayList<>();
    for (int member = 0; member < crowd; member++) {
      int seed = member;
      crowdsOutcomes.add(
          threads.submit(
              () -> {
                int outcomes = 0;
                for (int round = 0; round < 2_000; round++) {
                  start.await();
                  boolean fails = (round + seed) % 5 == 0;
                  Duration patience = (round + seed) % 3 == 0 ? Duration.ZERO : LONG;
                  try {
                    var unused =
                        flights.get(
                            "key",
                            patience,
                            START_OF_CALL,
                            flight -> {
                              mostAtOnce.accumulateAndGet(fetching.incrementAndGet(), Math::max);
                              Thread.onSpinWait();
                              fetching.decrementAndGet();
                              if (fails) {
                                throw new IllegalStateException("fails now and then");
                              }
                              return "value";
                            });
                  } catch (IllegalStateException e) {
                    assertThat(e).isNotNull(); // ours, or that of the one we waited for
                  }
                  outcomes++;
                }
                return outcomes;
              }));
    }
    for (Future<Integer> outcomes : crowdsOutcomes) {
      assertThat(outcomes.get()).isEqualTo(2_000);
    }

    assertThat(mostAtOnce).hasValue(1);
    assertThat(flights.get("key", LONG, START_OF_CALL, flight -> "still works"))
        .hasValue("still works");
  }
}
