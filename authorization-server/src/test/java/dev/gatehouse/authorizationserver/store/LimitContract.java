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

/** What every rate limit promises, in one process or shared between two. */
abstract class LimitContract {
  private final TurnedClock clock = new TurnedClock();
  private final String name = OpaqueToken.random().value();

  abstract List<Node> nodes();

  /** Three at once, and one more every ten seconds; on the other node, where there is one. */
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
  void triesAreChargedUntilTheLimitAndThenOneByOne() {
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
  void whoRestsGetsNoMoreThanAtFirst() {
    List<RateLimit> nodes = limits();
    nodes.get(0).charge("key");
    clock.turn(Duration.ofDays(1));
    for (int i = 0; i < 3; i++) {
      assertThat(nodes.get(0).charge("key")).isEmpty();
    }

    assertThat(nodes.get(1).charge("key")).isPresent();
  }

  @Test
  void aLookChargesNothingAndWhatIsGivenBackCanBeSpentAgain() {
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
  void ofManyTriesAtOnceAsManyPassAsAreAllowed() {
    List<RateLimit> nodes = limits();

    List<Optional<Duration>> answers =
        ManyThreads.atOnce(i -> () -> nodes.get(i % 2).charge("contended"));

    assertThat(answers).filteredOn(Optional::isEmpty).hasSize(3);
  }

  @Test
  void onlyWhatNoLongerMattersIsSwept() {
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
  void aLimitThatNothingIsWithinIsRefused() {
    for (Duration refill : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> nodes().get(0).limits().limit(name, 1, refill, clock))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("write at least 1");
    }
    assertThatThrownBy(() -> nodes().get(0).limits().limit(name, 0, Duration.ofDays(1), clock))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
