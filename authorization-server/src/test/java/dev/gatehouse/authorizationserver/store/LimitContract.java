package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.StoreContract.Node;
import dev.gatehouse.authorizationserver.testing.ManyThreads;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every rate limit promises, in one process or shared by two nodes. */
abstract class LimitContract {
  private final TurnedClock clock = new TurnedClock();
  private final String name = OpaqueToken.random().value();

  abstract List<Node> nodes();

  /** Three at once, and one more every ten seconds; the same limit on each node. */
  private List<RateLimit> limits() {
    List<Node> nodes = nodes();
    RateLimit one = limit(nodes.get(0));
    return nodes.get(0).equals(nodes.get(1))
        ? List.of(one, one)
        : List.of(one, limit(nodes.get(1)));
  }

  private RateLimit limit(Node node) {
    return node.limits().limit(name, 3, Duration.ofSeconds(30), clock);
  }

  @Test
  void attemptsAreAllowedUpToTheCapacityAndThenOneByOne() {
    List<RateLimit> nodes = limits();
    for (int i = 0; i < 3; i++) {
      assertThat(nodes.get(i % 2).charge("key")).isEmpty();
    }

    assertThat(nodes.get(1).charge("key")).contains(Duration.ofSeconds(10));
    assertThat(nodes.get(0).charge("key")).contains(Duration.ofSeconds(10));
    assertThat(nodes.get(0).charge("another key")).isEmpty();

    clock.turn(Duration.ofSeconds(10).minusNanos(1_000));
    assertThat(nodes.get(0).charge("key")).contains(Duration.ofNanos(1_000));
    clock.turn(Duration.ofNanos(1_000));
    assertThat(nodes.get(0).charge("key")).isEmpty();
    assertThat(nodes.get(1).charge("key")).contains(Duration.ofSeconds(10));
  }

  @Test
  void aLongPauseAllowsNoMoreThanTheCapacity() {
    List<RateLimit> nodes = limits();
    nodes.get(0).charge("key");
    clock.turn(Duration.ofDays(1));
    for (int i = 0; i < 3; i++) {
      assertThat(nodes.get(0).charge("key")).isEmpty();
    }

    assertThat(nodes.get(1).charge("key")).isPresent();
  }

  @Test
  void aCheckChargesNothingAndARefundAllowsOneMore() {
    List<RateLimit> nodes = limits();
    for (int i = 0; i < 3; i++) {
      assertThat(nodes.get(0).check("key")).isEmpty();
      nodes.get(0).charge("key");
    }
    assertThat(nodes.get(1).check("key")).contains(Duration.ofSeconds(10));

    nodes.get(1).refund("key");

    assertThat(nodes.get(0).check("key")).isEmpty();
    assertThat(nodes.get(0).charge("key")).isEmpty();
    assertThat(nodes.get(1).charge("key")).isPresent();
  }

  @Test
  void ofManyAttemptsAtOnceAsManyPassAsAreAllowed() {
    List<RateLimit> nodes = limits();

    List<Optional<Duration>> waits =
        ManyThreads.atOnce(i -> () -> nodes.get(i % 2).charge("contended"));

    assertThat(waits).filteredOn(Optional::isEmpty).hasSize(3);
  }

  @Test
  void aSweepChangesNoDecision() {
    List<RateLimit> nodes = limits();
    for (int i = 0; i < 3; i++) {
      nodes.get(0).charge("key");
    }
    clock.turn(Duration.ofSeconds(9));
    nodes().get(0).limits().sweep(clock.instant());

    assertThat(nodes.get(1).charge("key")).contains(Duration.ofSeconds(1));
    clock.turn(Duration.ofSeconds(21));
    nodes().get(0).limits().sweep(clock.instant());
    assertThat(nodes.get(1).charge("key")).isEmpty();
  }

  @Test
  void aRefusedAttemptIsNotCharged() {
    List<RateLimit> nodes = limits();
    for (int i = 0; i < 3; i++) {
      nodes.get(0).charge("key");
    }
    for (int i = 0; i < 20; i++) {
      assertThat(nodes.get(i % 2).charge("key")).contains(Duration.ofSeconds(10));
    }

    clock.turn(Duration.ofSeconds(10));
    assertThat(nodes.get(0).charge("key")).isEmpty();
  }

  @Test
  void refundsNeverAllowMoreThanTheCapacity() {
    List<RateLimit> nodes = limits();
    nodes.get(0).refund("never charged");
    nodes.get(0).charge("key");
    for (int i = 0; i < 10; i++) {
      nodes.get(i % 2).refund("key");
    }

    for (String key : List.of("key", "never charged")) {
      for (int i = 0; i < 3; i++) {
        assertThat(nodes.get(i % 2).charge(key)).as(key).isEmpty();
      }
      assertThat(nodes.get(0).charge(key)).as(key).contains(Duration.ofSeconds(10));
    }
  }

  @Test
  void aRefundIsOfOneKeyAlone() {
    List<RateLimit> nodes = limits();
    for (int i = 0; i < 3; i++) {
      nodes.get(0).charge("key");
    }

    nodes.get(1).refund("another key");

    assertThat(nodes.get(0).check("key")).contains(Duration.ofSeconds(10));
  }

  @Test
  void limitsWithDifferentNamesDoNotShareTheirCounts() {
    RateLimit one = limits().get(0);
    RateLimit other =
        nodes().get(0).limits().limit(name + " another", 3, Duration.ofSeconds(30), clock);
    for (int i = 0; i < 3; i++) {
      one.charge("key");
    }

    assertThat(other.charge("key")).isEmpty();
    assertThat(one.charge("key")).isPresent();
  }

  @Test
  void keysAreAnyText() {
    RateLimit limit = limits().get(0);
    for (String key : List.of("", "\u0000", "\ud83d", "'; --", "x".repeat(100_000), "a\nb")) {
      for (int i = 0; i < 3; i++) {
        assertThat(limit.charge(key)).isEmpty();
      }
      assertThat(limit.check(key)).contains(Duration.ofSeconds(10));
    }
  }

  @Test // the share of one attempt is not a whole number of microseconds
  void aCapacityThatDoesNotDivideTheTimeIsNotExceeded() {
    RateLimit odd =
        nodes().get(0).limits().limit(name + " odd", 1_500, Duration.ofSeconds(1), clock);
    int allowed = 0;
    while (allowed <= 1_600 && odd.charge("key").isEmpty()) {
      allowed++;
    }

    assertThat(allowed).isEqualTo(1_500);
  }

  @Test
  void theWaitThatIsToldIsEnoughAndNotTooLong() {
    RateLimit limit =
        nodes().get(0).limits().limit(name + " seven", 7, Duration.ofSeconds(60), clock);
    for (int i = 0; i < 7; i++) {
      assertThat(limit.charge("key")).isEmpty();
    }
    for (int i = 0; i < 20; i++) {
      Duration wait = limit.charge("key").orElseThrow();
      assertThat(wait).isBetween(Duration.ofMillis(8_570), Duration.ofMillis(8_572));
      clock.turn(wait.minusNanos(2_000));
      assertThat(limit.check("key")).isPresent();
      // A seventh of a minute is no whole number of microseconds.
      clock.turn(Duration.ofNanos(3_000));
      assertThat(limit.charge("key")).isEmpty();
    }
  }

  @Test
  void aLimitThatAllowsNoAttemptIsRefused() {
    for (Duration refill : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> nodes().get(0).limits().limit(name, 1, refill, clock))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("write at least 1");
    }
    assertThatThrownBy(() -> nodes().get(0).limits().limit(name, 0, Duration.ofDays(1), clock))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
