package dev.gatehouse.authorizationserver.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.testing.ManyThreads;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemoryRateLimitTest {
  private final TurnedClock clock = new TurnedClock();

  @Test // a key is removed after the refill time without an access, when its bucket is full again
  void removingAKeyNeverAllowsMoreThanTheCapacity() {
    InMemoryRateLimit limit = new InMemoryRateLimit(3, Duration.ofSeconds(30), clock);
    for (int i = 0; i < 3; i++) {
      limit.charge("key");
    }

    clock.turn(Duration.ofSeconds(30).minusNanos(1));
    assertThat(limit.charge("key")).isEmpty();
    assertThat(limit.charge("key")).isEmpty();
    assertThat(limit.charge("key")).contains(Duration.ofNanos(1));

    clock.turn(Duration.ofSeconds(30));
    for (int i = 0; i < 3; i++) {
      assertThat(limit.charge("key")).isEmpty();
    }
    assertThat(limit.charge("key")).isPresent();
  }

  @Test // too many keys displace each other
  void checksAndRefundsAddNoKeys() {
    InMemoryRateLimit limit = new InMemoryRateLimit(1, Duration.ofDays(1), clock);
    limit.charge("known");

    for (int i = 0; i < 300_000; i++) {
      limit.check("key-" + i);
      limit.refund("key-" + i);
    }

    assertThat(limit.check("known")).isPresent();
    assertThat(limit.keys()).isEqualTo(1);
  }

  @Test
  void limitsOfOneFactoryDoNotShareTheirCountsAlsoUnderOneName() {
    var one = InMemoryRateLimit.factory().limit("name", 1, Duration.ofDays(1), clock);
    var two = InMemoryRateLimit.factory().limit("name", 1, Duration.ofDays(1), clock);

    assertThat(one.charge("key")).isEmpty();
    assertThat(two.charge("key")).isEmpty();
    assertThat(one.charge("key")).isPresent();
  }

  @Test
  void inThousandsOfRacesNeverMoreThanTheCapacityPass() {
    InMemoryRateLimit limit = new InMemoryRateLimit(3, Duration.ofDays(1), clock);

    List<List<Optional<Duration>>> waits =
        ManyThreads.atOnce(
            thread ->
                () ->
                    IntStream.range(0, 1_000)
                        .mapToObj(race -> limit.charge("race-" + race))
                        .toList());

    for (int race = 0; race < 1_000; race++) {
      int number = race;
      assertThat(waits).filteredOn(each -> each.get(number).isEmpty()).hasSize(3);
    }
  }

  @Test
  void twoUsersOfOneNameStopTheStart() {
    User alice = new User("1", "alice", "hash");

    assertThatThrownBy(
            () -> new InMemoryUserStore(List.of(alice, new User("2", "alice", "other hash"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two users are called alice; give each a name of its own");
    assertThat(new InMemoryUserStore(List.of(alice)).find("alice")).contains(alice);
    assertThat(new InMemoryUserStore(List.of(alice)).find("Alice")).isEmpty();
  }
}
