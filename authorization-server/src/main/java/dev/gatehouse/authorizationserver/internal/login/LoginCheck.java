package dev.gatehouse.authorizationserver.internal.login;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gatehouse.authorizationserver.internal.client.FailedAttempts;
import dev.gatehouse.authorizationserver.internal.settings.LoginRateLimits;
import dev.gatehouse.authorizationserver.store.Passwords;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.UserStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a user's password, and slows down who guesses. Only failures count. What counts is the
 * address, the pair of user and address, and, far more slowly, the user alone, against those who
 * have many addresses. The last does not hold where the user has logged in before: strangers can't
 * lock anybody out of his own place.
 */
public final class LoginCheck {
  private static final int MAX_REMEMBERED = 10_000;
  private static final Duration REMEMBERED = Duration.ofDays(30);

  private final UserStore users;
  private final RateLimit perUserAndAddress;
  private final RateLimit perUser;
  private final RateLimit perAddress;
  private final Cache<String, Boolean> known =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterAccess(REMEMBERED).build();

  public LoginCheck(UserStore users, LoginRateLimits limits) {
    this.users = users;
    this.perUserAndAddress = limits.perUserAndAddress();
    this.perUser = limits.perUser();
    this.perAddress = limits.perAddress();
  }

  sealed interface Outcome permits LoggedIn, Wrong, Throttled {}

  record LoggedIn(User user) implements Outcome {}

  record Wrong() implements Outcome {}

  record Throttled(Duration remaining) implements Outcome {}

  Outcome check(String username, String password, String address) {
    // Short, however long the name is that a stranger makes up.
    String user = TokenHash.of(username).value();
    String pair = user + "\n" + FailedAttempts.networkOf(address);
    Map<RateLimit, String> charged = new LinkedHashMap<>();
    // Charged before the password is looked at: of many guesses at once, only as many as allowed
    // are.
    Optional<Duration> wait =
        charge(charged, perAddress, FailedAttempts.networkOf(address))
            .or(() -> charge(charged, perUserAndAddress, pair))
            .or(() -> known.getIfPresent(pair) == null ? charge(charged, perUser, user) : none());
    if (wait.isPresent()) {
      // Whoever is sent away at one limit must not use up another, which is not only his own.
      charged.forEach(RateLimit::refund);
      return new Throttled(wait.get());
    }
    Optional<User> found = users.find(username);
    if (!Passwords.matches(found, password)) {
      return new Wrong();
    }
    charged.forEach(RateLimit::refund);
    known.put(pair, true);
    return new LoggedIn(found.orElseThrow());
  }

  private static Optional<Duration> charge(
      Map<RateLimit, String> charged, RateLimit limit, String key) {
    Optional<Duration> wait = limit.charge(key);
    if (wait.isEmpty()) {
      charged.put(limit, key);
    }
    return wait;
  }

  private static Optional<Duration> none() {
    return Optional.empty();
  }
}
