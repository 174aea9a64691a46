package dev.gatehouse.internal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.verify.AdaptiveLimit.Exchange;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many introspections may be under way, and which are cut short. */
class AdaptiveLimitTest {

  private static final int MAX = 64;

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final AdaptiveLimit limit = new AdaptiveLimit(MAX, clock);

  /** The introspections that were cut short, in order. */
  private final List<Integer> cut = new ArrayList<>();

  private int begun;

  private Optional<Exchange> tryBegin(boolean suspect) {
    int number = begun;
    Optional<Exchange> exchange = limit.begin(suspect, () -> cut.add(number));
    begun += exchange.isPresent() ? 1 : 0;
    return exchange;
  }

  private Exchange begin() {
    return tryBegin(false).orElseThrow();
  }

  /** As many as are allowed, up to this number. */
  private List<Exchange> begin(int count) {
    List<Exchange> exchanges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tryBegin(false).ifPresent(exchanges::add);
    }
    return exchanges;
  }

  private void respondAfter(long millis) {
    Exchange exchange = begin();
    advance(millis);
    limit.end(exchange, true);
  }

  private void advance(long millis) {
    clock.advance(Duration.ofMillis(millis));
  }

  private void check() {
    limit.check().forEach(Runnable::run);
  }

  /** Begins a stall with so many blocked threads; all but the spared introspection end. */
  private Exchange stall(int threads) {
    List<Exchange> exchanges = begin(threads);
    advance(1_000);
    check();
    assertThat(limit.isStalled()).isTrue();
    exchanges.subList(1, exchanges.size()).forEach(each -> limit.end(each, false));
    return exchanges.get(0);
  }

  @ParameterizedTest(name = "a container with {0} threads")
  @CsvSource({"3, 2", "5, 2", "16, 8", "32, 16", "64, 32", "200, 32"})
  void inAStallHalfOfTheThreadsMayIntrospectAndAllButTheOldestAreCutShort(int threads, int half) {
    respondAfter(5);
    begin(threads);
    advance(999);
    check();
    assertThat(cut).isEmpty();
    assertThat(limit.limit()).isEqualTo(MAX);

    advance(1);
    check();

    assertThat(cut).hasSize(Math.min(MAX, threads) - 1).doesNotContain(1);
    assertThat(limit.limit()).isEqualTo(half);
    assertThat(tryBegin(false)).as("before those that were cut short have ended").isEmpty();
  }

  @ParameterizedTest(name = "{0} threads")
  @ValueSource(ints = {1, 2})
  void twoBlockedThreadsAreNoStall(int threads) {
    begin(threads);
    advance(60_000);
    check();

    assertThat(cut).isEmpty();
    assertThat(limit.isStalled()).isFalse();
  }

  /** They are refused within a second. */
  @Test
  void requestsThatWaitForAPermitAreNoStall() {
    begin(2);
    assertThat(limit.mayWait()).isTrue();
    advance(60_000);
    check();

    assertThat(limit.isStalled()).isFalse();
  }

  @Test
  void anyResponseWithinASecondPreventsAStall() {
    begin(16);
    for (int i = 0; i < 10; i++) {
      advance(899);
      respondAfter(100);
      check();
    }

    assertThat(cut).isEmpty();
  }

  @Test
  void aFailureWithoutAResponsePreventsNoStall() {
    List<Exchange> exchanges = begin(16);
    advance(999);
    limit.end(exchanges.get(15), false);
    advance(1);
    check();

    assertThat(limit.isStalled()).isTrue();
  }

  /** Requests that have just come after a quiet time have not hung. */
  @Test
  void aStallBeginsWithTheAgeOfTheOldestIntrospection() {
    respondAfter(5);
    advance(60_000);
    begin(16);
    check();

    assertThat(limit.isStalled()).isFalse();
  }

  @ParameterizedTest(name = "usually {0} ms")
  @CsvSource({"1, 250", "25, 250", "60, 600", "100, 1000", "500, 1000", "3000, 6000"})
  void inAStallIntrospectionsAreCutShortAfterTenTimesTheUsualTime(long usual, long age) {
    respondAfter(usual);

    assertThat(limit.maxAge()).hasMillis(age);
  }

  @Test
  void introspectionsOfAStallAreCutShortSoonAndAgainIfTheyGoOn() {
    respondAfter(5);
    stall(16);
    cut.clear();
    begin();
    int number = begun - 1;
    for (int i = 0; i < 3; i++) {
      advance(249);
      check();
      assertThat(cut).hasSize(i);
      advance(1);
      check();
    }

    assertThat(cut).containsExactly(number, number, number);
  }

  /** The age only matters after fast responses: a slow server works as before. */
  @Test
  void aSlowServerIsNotCutShort() {
    respondAfter(2_000);
    begin(16);
    advance(1_900);
    check();

    assertThat(limit.isStalled()).isTrue();
    assertThat(cut).isEmpty();
  }

  @Test
  void fastResponsesRaiseTheLimitAndACutLowersItAgain() {
    respondAfter(5);
    stall(16);
    for (int i = 0; i < 10; i++) {
      respondAfter(5);
    }
    assertThat(limit.limit()).isEqualTo(18);
    begin();
    advance(250);
    check();

    assertThat(limit.limit()).isEqualTo(8);
    for (int i = 0; i < 100; i++) {
      respondAfter(1);
    }
    assertThat(limit.limit()).isEqualTo(MAX);
  }

  /** The container has 40 threads, but the stall began when few requests had come. */
  @Test
  void threadsThatComeDuringAStallRaiseTheLimit() throws Exception {
    respondAfter(5);
    stall(3);
    assertThat(limit.limit()).isEqualTo(2);
    comeFromOtherThreads(40);
    check();
    assertThat(limit.limit()).isEqualTo(20);
    begin();
    advance(250);
    check();

    assertThat(limit.limit()).as("after a cut").isEqualTo(20);
  }

  /** Whatever holds them, they can't serve cached tokens. */
  @Test
  void threadsThatNoLongerComeDoNotRaiseTheLimit() throws Exception {
    respondAfter(5);
    stall(3);
    comeFromOtherThreads(20);
    advance(2_001);
    comeFromOtherThreads(20);
    check();

    assertThat(limit.limit()).isEqualTo(10);
  }

  private void comeFromOtherThreads(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      Thread thread =
          new Thread(
              () -> {
                tryBegin(false).ifPresent(exchange -> limit.end(exchange, false));
              });
      thread.start();
      thread.join();
    }
  }

  @Test
  void aStallEndsWhenNothingWasCutShortForThreeSeconds() {
    respondAfter(5);
    limit.end(stall(16), true);
    advance(2_999);
    check();
    assertThat(limit.isStalled()).isTrue();
    assertThat(limit.limit()).isLessThan(MAX);
    advance(1);

    assertThat(begin(MAX)).hasSize(MAX);
    assertThat(limit.isStalled()).isFalse();
  }

  @Test
  void onlyOneSuspectAtATimeIsIntrospectedAndNeverForLong() {
    respondAfter(5);
    Exchange suspect = tryBegin(true).orElseThrow();
    assertThat(tryBegin(true)).isEmpty();
    assertThat(tryBegin(false)).isPresent();
    advance(250);
    check();

    assertThat(cut).containsExactly(1);
    assertThat(suspect.isCut()).isTrue();
    assertThat(limit.isStalled()).isFalse();
    limit.end(suspect, false);
    assertThat(tryBegin(true)).isPresent();
  }

  @Test
  void aSuspectIsNotSpared() {
    respondAfter(5);
    limit.end(stall(16), false);
    cut.clear();
    assertThat(tryBegin(true)).isPresent();
    begin();
    advance(250);
    check();

    assertThat(cut).containsExactly(begun - 2);
  }

  @Test
  void inAStallFollowersAreSentAwayDownToHalfOfTheLimit() {
    begin();
    List<CompletableFuture<Void>> followers = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      followers.add(limit.follow().orElseThrow());
    }
    advance(1_000);
    check();

    assertThat(limit.limit()).isEqualTo(8);
    assertThat(followers.subList(0, 4)).noneMatch(CompletableFuture::isDone);
    assertThat(followers.subList(4, 15)).allMatch(CompletableFuture::isDone);
    assertThat(limit.follow()).isEmpty();
    assertThat(limit.mayWait()).isFalse();
    limit.unfollow(followers.get(0));
    assertThat(limit.mayWait()).isTrue();
    assertThat(limit.follow()).isEmpty();
    limit.stopWaiting();
    assertThat(limit.follow()).isPresent();
  }

  /** An invariant that keeps cached tokens served, whatever the number of threads. */
  @ParameterizedTest(name = "{0} threads")
  @ValueSource(ints = {5, 16, 32, 64, 200})
  void inAStallSomeThreadsAreNeverBlocked(int threads) {
    respondAfter(5);
    Exchange spared = stall(threads);
    int blocked = 1;
    while (tryBegin(false).isPresent()) {
      blocked++;
    }
    while (limit.mayWait() || limit.follow().isPresent()) {
      blocked++;
    }

    assertThat(blocked).isLessThanOrEqualTo(threads * 3 / 4);
    limit.end(spared, false);
  }

  @Test
  void checksAreDueWhenAStallMayBegin() {
    assertThat(limit.nextCheck()).isEmpty();
    Exchange first = begin();
    assertThat(limit.nextCheck()).hasValue(AdaptiveLimit.STALL);
    advance(400);
    assertThat(limit.nextCheck()).hasValue(Duration.ofMillis(600));
    advance(600);
    assertThat(limit.nextCheck()).hasValue(AdaptiveLimit.CHECK);
    limit.end(first, true);
    assertThat(limit.nextCheck()).isEmpty();
  }
}
