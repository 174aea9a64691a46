package dev.gatehouse.authorizationserver.internal.login;

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
 * Checks passwords and limits failed attempts: by address, by user and address, and, with a much
 * higher limit, by user alone, against attackers with many addresses. The last limit does not apply
 * to addresses from which the user has logged in before, at any node, so attackers cannot lock
 * users out.
 */
public final class LoginCheck {
  private final UserStore users;
  private final RateLimit perUserAndAddress;
  private final RateLimit perUser;
  private final RateLimit perAddress;
  private final RateLimit perSite;
  private final KnownAddresses known;

  public LoginCheck(UserStore users, LoginRateLimits limits) {
    this.users = users;
    this.perUserAndAddress = limits.perUserAndAddress();
    this.perUser = limits.perUser();
    this.perAddress = limits.perAddress();
    this.perSite = limits.perSite();
    this.known = new KnownAddresses(limits.known());
  }

  sealed interface Outcome permits LoggedIn, Wrong, Throttled {}

  record LoggedIn(User user) implements Outcome {}

  record Wrong() implements Outcome {}

  record Throttled(Duration remaining) implements Outcome {}

  Outcome check(String username, String password, String address) {
    // Hashed, because a user name can be of any length.
    String user = TokenHash.of(username).value();
    String pair = user + "\n" + FailedAttempts.networkOf(address);
    Map<RateLimit, String> charged = new LinkedHashMap<>();
    // Charged before the password is checked, so that concurrent guesses cannot exceed the limit.
    Optional<Duration> wait =
        charge(charged, perAddress, FailedAttempts.networkOf(address))
            .or(() -> charge(charged, perSite, FailedAttempts.siteOf(address)))
            .or(() -> charge(charged, perUserAndAddress, pair))
            .or(() -> known.contains(pair) ? none() : charge(charged, perUser, user));
    if (wait.isPresent()) {
      // A refused attempt must not count against the other limits, which other users share.
      charged.forEach(RateLimit::refund);
      return new Throttled(wait.get());
    }
    Optional<User> found = users.find(username);
    if (!Passwords.matches(found, password)) {
      return new Wrong();
    }
    charged.forEach(RateLimit::refund);
    known.add(pair);
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
