package dev.gatehouse.internal.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Failures are remembered for all callers, except those that are due to one caller. */
class SharedFetchTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicInteger fetches = new AtomicInteger();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private SharedFetch<String> fetching(Function<Deadline, Attempt<String>> fetch) {
    return new SharedFetch<>(
        deadline -> {
          fetches.incrementAndGet();
          return fetch.apply(deadline);
        },
        value -> true,
        clock);
  }

  private static Attempt<String> failed(Reason reason) {
    return Attempt.failed(reason, "in this test");
  }

  private static Deadline cutShort() {
    Deadline deadline = Deadline.in(LIMIT);
    deadline.cutShort();
    return deadline;
  }

  /** A deadline of which less than half is left, as after a wait. */
  private static Deadline nearlyOver() {
    long left = LIMIT.dividedBy(2).toNanos() - 1;
    return new Deadline(LIMIT, System.nanoTime() + left, new CompletableFuture<>());
  }

  @Test
  void aTimeoutIsRememberedIfTheCallerHadMostOfItsTime() {
    SharedFetch<String> shared = fetching(deadline -> failed(Reason.AS_TIMEOUT));

    shared.get(Deadline.in(LIMIT));
    shared.get(Deadline.in(LIMIT));

    assertThat(fetches).hasValue(1);
  }

  @Test
  void aTimeoutOfACallerWhoseTimeWasShortIsNotRemembered() {
    SharedFetch<String> shared =
        fetching(
            deadline ->
                deadline.isMostlyLeft()
                    ? new Attempt.Succeeded<>("value")
                    : failed(Reason.AS_TIMEOUT));

    assertThat(shared.get(cutShort())).isInstanceOf(Attempt.Failed.class);
    assertThat(shared.get(nearlyOver())).isInstanceOf(Attempt.Failed.class);
    assertThat(shared.get(Deadline.in(LIMIT))).isEqualTo(new Attempt.Succeeded<>("value"));
  }

  @Test
  void aTimeoutOfACallerThatIsCutShortDuringTheFetchIsNotRemembered() {
    SharedFetch<String> shared =
        fetching(
            deadline -> {
              deadline.cutShort();
              return failed(Reason.AS_TIMEOUT);
            });

    shared.get(Deadline.in(LIMIT));
    shared.get(Deadline.in(LIMIT));

    assertThat(fetches).hasValue(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"AS_UNREACHABLE", "AS_DISCOVERY", "AS_ANSWER", "AS_CREDENTIALS"})
  void whatTheServerRespondedIsRememberedEvenIfTheCallersTimeWasShort(Reason reason) {
    SharedFetch<String> shared = fetching(deadline -> failed(reason));

    shared.get(cutShort());
    shared.get(nearlyOver());

    assertThat(fetches).hasValue(1);
  }

  @Test
  void callersThatWaitForOneThatIsCutShortFetchAnew() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    SharedFetch<String> shared =
        fetching(
            deadline -> {
              started.countDown();
              if (fetches.get() > 1) {
                return new Attempt.Succeeded<>("value");
              }
              deadline.cut().join();
              return failed(Reason.AS_TIMEOUT);
            });
    Deadline cut = Deadline.in(LIMIT);
    Future<Attempt<String>> first = threads.submit(() -> shared.get(cut));
    started.await();
    AtomicReference<Thread> waiter = new AtomicReference<>();
    Future<Attempt<String>> second =
        threads.submit(
            () -> {
              waiter.set(Thread.currentThread());
              return shared.get(Deadline.in(LIMIT));
            });
    Await.until(
        "the second caller waits",
        () -> waiter.get() != null && waiter.get().getState() == Thread.State.TIMED_WAITING);

    cut.cutShort();

    assertThat(first.get(60, TimeUnit.SECONDS)).isInstanceOf(Attempt.Failed.class);
    assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(new Attempt.Succeeded<>("value"));
  }

  @Test
  void aForgottenFailureIsFetchedAnewButAValueIsKept() {
    SharedFetch<String> shared =
        fetching(
            deadline ->
                fetches.get() == 1
                    ? failed(Reason.AS_UNREACHABLE)
                    : new Attempt.Succeeded<>("value"));

    shared.get(Deadline.in(LIMIT));
    shared.forgetFailure();
    shared.get(Deadline.in(LIMIT));
    shared.forgetFailure();

    assertThat(shared.get(Deadline.in(LIMIT))).isEqualTo(new Attempt.Succeeded<>("value"));
    assertThat(fetches).hasValue(2);
  }

  @Test
  void refusedCredentialsAreNotForgottenSoThatTheServerDoesNotLockUsOut() {
    SharedFetch<String> shared = fetching(deadline -> failed(Reason.AS_CREDENTIALS));

    shared.get(Deadline.in(LIMIT));
    shared.forgetFailure();
    shared.get(Deadline.in(LIMIT));

    assertThat(fetches).hasValue(1);
  }
}
