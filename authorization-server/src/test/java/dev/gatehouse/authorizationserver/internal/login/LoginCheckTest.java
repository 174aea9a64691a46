package dev.gatehouse.authorizationserver.internal.login;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.internal.settings.LoginRateLimits;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemoryUserStore;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rate limits of log-ins. */
class LoginCheckTest {
  private static final String HERE = "192.0.2.1";
  private static final String THERE = "198.51.100.1";

  private final TurnedClock clock = new TurnedClock();
  private final LoginCheck check =
      new LoginCheck(
          new InMemoryUserStore(
              List.of(
                  User.withPassword("alice", "alice-secret"),
                  User.withPassword("bob", "bob-secret"))),
          limits());

  /** The default limits, except ten attempts per user and 35 per site: bcrypt is slow. */
  private LoginRateLimits limits() {
    LoginRateLimits limits = LoginRateLimits.of(InMemoryRateLimit.factory(), clock);
    return new LoginRateLimits(
        limits.perUserAndAddress(),
        new InMemoryRateLimit(10, Duration.ofHours(1), clock),
        limits.perAddress(),
        new InMemoryRateLimit(35, Duration.ofMinutes(1), clock),
        limits.known());
  }

  @Test
  void concurrentGuessesCannotExceedTheLimit() {

    long checked =
        IntStream.range(0, 30)
            .parallel()
            .mapToObj(i -> check.check("alice", "guess-" + i, HERE))
            .filter(LoginCheck.Wrong.class::isInstance)
            .count();

    assertThat(checked).isEqualTo(5);
  }

  @Test
  void successfulLogInsAreNotCharged() {

    for (int i = 0; i < 8; i++) {
      assertThat(check.check("alice", "alice-secret", HERE))
          .isInstanceOf(LoginCheck.LoggedIn.class);
    }
  }

  @Test // refused attempts must not be charged to the limit of the user
  void guessesFromOneAddressDoNotLockTheUserOutElsewhere() {
    for (int i = 0; i < 100; i++) {
      check.check("alice", "guess", THERE);
    }

    assertThat(check.check("alice", "alice-secret", HERE)).isInstanceOf(LoginCheck.LoggedIn.class);
  }

  @Test
  void guessesFromManyAddressesAreLimitedPerUser() {
    for (int i = 0; i < 10; i++) {
      assertThat(check.check("alice", "guess", "203.0.113." + i))
          .isInstanceOf(LoginCheck.Wrong.class);
    }

    assertThat(check.check("alice", "alice-secret", THERE))
        .isInstanceOf(LoginCheck.Throttled.class);
    assertThat(check.check("bob", "bob-secret", THERE)).isInstanceOf(LoginCheck.LoggedIn.class);
  }

  @Test
  void theLimitPerUserDoesNotApplyWhereTheUserHasLoggedInBefore() {
    check.check("alice", "alice-secret", HERE);
    for (int i = 0; i < 12; i++) {
      check.check("alice", "guess", "203.0.113." + i);
    }

    assertThat(check.check("alice", "alice-secret", THERE))
        .isInstanceOf(LoginCheck.Throttled.class);
    assertThat(check.check("alice", "alice-secret", HERE)).isInstanceOf(LoginCheck.LoggedIn.class);
  }

  @Test
  void anAddressIsRememberedForThirtyDaysAfterTheLastLogIn() {
    Duration almost = Duration.ofDays(30).minusHours(1);
    for (int logIn = 0; logIn < 3; logIn++) {
      assertThat(check.check("alice", "alice-secret", HERE))
          .isInstanceOf(LoginCheck.LoggedIn.class);
      clock.turn(almost);
      for (int i = 0; i < 12; i++) {
        check.check("alice", "guess", "203.0.113." + i);
      }
    }
    assertThat(check.check("alice", "alice-secret", HERE)).isInstanceOf(LoginCheck.LoggedIn.class);

    clock.turn(Duration.ofDays(30));
    for (int i = 0; i < 12; i++) {
      check.check("alice", "guess", "203.0.113." + i);
    }
    assertThat(check.check("alice", "alice-secret", HERE)).isInstanceOf(LoginCheck.Throttled.class);
  }

  @Test
  void guessesOfManyUsersFromOneAddressAreLimited() {
    for (int i = 0; i < 30; i++) {
      assertThat(check.check("user-" + i, "guess", HERE)).isInstanceOf(LoginCheck.Wrong.class);
    }

    assertThat(check.check("bob", "bob-secret", HERE)).isInstanceOf(LoginCheck.Throttled.class);
    assertThat(check.check("bob", "bob-secret", THERE)).isInstanceOf(LoginCheck.LoggedIn.class);
  }

  @Test // RFC 6177 §2: a site may have a /48, and each password costs much time
  void guessesOfManyUsersFromTheNetworksOfOneIpv6SiteAreLimited() {
    for (int i = 0; i < 35; i++) {
      assertThat(check.check("user-" + i, "guess", "2001:db8:1:" + i + "::1"))
          .isInstanceOf(LoginCheck.Wrong.class);
    }

    assertThat(check.check("bob", "bob-secret", "2001:db8:1:ffff::1"))
        .isInstanceOf(LoginCheck.Throttled.class);
    assertThat(check.check("bob", "bob-secret", "2001:db8:2::1"))
        .isInstanceOf(LoginCheck.LoggedIn.class);
  }
}
