package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailedAttemptsTest {
  private final TurnedClock clock = new TurnedClock();
  private final FailedAttempts attempts =
      new FailedAttempts(new InMemoryRateLimit(2, Duration.ofSeconds(20), clock));

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource({
    "2001:db8::1, 2001:db8::ffff:2, true",
    "2001:db8::, 2001:db8::ffff:ffff:ffff:ffff, true",
    "2001:db8::1, 2001:db8:0:1::1, false",
    "2001:db8::1, 2001:DB8:0:0:0:0:0:1, true",
    "192.0.2.1, 192.0.2.2, false",
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, ::ffff:192.0.2.1, true",
    "[2001:db8::1], 2001:db8::2, true",
    "::1, 127.0.0.1, false",
    "192.0.2.1:80, 192.0.2.1, true",
    "[2001:db8::1]:80, 2001:db8::1, true",
    "fe80::1%eth0, fe80::1, true",
  })
  void addressesOfOneIpv6NetworkAreOneAndIpv4AddressesAreNot(String one, String two, boolean same) {
    assertThat(FailedAttempts.networkOf(one).equals(FailedAttempts.networkOf(two))).isEqualTo(same);
  }

  @ParameterizedTest // a container behind a proxy may be told anything
  @ValueSource(
      strings = {
        "",
        "localhost",
        "256.1.1.1",
        "127.1",
        "1",
        "0x7f.1",
        "[127.0.0.1]",
        "[localhost]",
        "::g",
        ":::",
        "dead.beef",
        "1.2.3.4:x",
        "a\nb",
        "1.2.3.4, 5.6.7.8"
      })
  void allThatIsNoAddressCountsAsOneAndIsNotResolved(String text) {
    assertThat(FailedAttempts.networkOf(text)).isEqualTo("no address");
  }

  @Test
  void theLimitIsReachedByTheLastAllowedFailure() {
    attempts.recordFailure("192.0.2.1", "client");
    assertThat(attempts.remainingWait("192.0.2.1", "client")).isEmpty();
    attempts.recordFailure("192.0.2.1", "another");

    assertThat(attempts.remainingWait("192.0.2.1", "client")).contains(Duration.ofSeconds(10));
    assertThat(attempts.remainingWait("192.0.2.1", "a third")).isPresent();
    assertThat(attempts.remainingWait("192.0.2.2", "client")).isEmpty();

    clock.turn(Duration.ofSeconds(10).minusNanos(1));
    assertThat(attempts.remainingWait("192.0.2.1", "client")).contains(Duration.ofNanos(1));
    clock.turn(Duration.ofNanos(1));
    assertThat(attempts.remainingWait("192.0.2.1", "client")).isEmpty();
  }

  @Test
  void manyAddressesOfOneIpv6NetworkShareOneCount() {
    attempts.recordFailure("2001:db8::1", "client");
    attempts.recordFailure("2001:db8::2", "client");

    assertThat(attempts.remainingWait("2001:db8::3", "client")).isPresent();
    assertThat(attempts.remainingWait("2001:db8:0:1::1", "client")).isEmpty();
  }

  @Test
  void aClientThatHasAuthenticatedHasACountOfItsOwnAtThatNetworkAlone() {
    attempts.recordSuccess("2001:db8::1", "client");
    attempts.recordFailure("2001:db8::2", "another");
    attempts.recordFailure("2001:db8::2", "another");

    assertThat(attempts.remainingWait("2001:db8::9", "client")).isEmpty();
    assertThat(attempts.remainingWait("2001:db8::1", "another")).isPresent();

    attempts.recordFailure("2001:db8::1", "client");
    attempts.recordFailure("2001:db8::1", "client");
    assertThat(attempts.remainingWait("2001:db8::1", "client")).isPresent();
    assertThat(attempts.remainingWait("192.0.2.1", "client")).isEmpty();
  }

  @Test
  void aSuccessDoesNotForgiveTheFailuresOfTheNetwork() {
    attempts.recordFailure("192.0.2.1", "guessed");
    attempts.recordFailure("192.0.2.1", "guessed");
    attempts.recordSuccess("192.0.2.1", "own client of the attacker");

    assertThat(attempts.remainingWait("192.0.2.1", "guessed")).isPresent();
  }
}
