package dev.gatehouse.authorizationserver;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks a user's password, and slows down who guesses. Only failures count. What counts is the
 * pair of user and address, so that a stranger can't lock anybody out; and, far more slowly, the
 * user alone, against those who have many addresses.
 */
final class LoginCheck {
  private final UserStore users;
  private final RateLimit perUserAndAddress;
  private final RateLimit perUser;
  private final RateLimit perAddress;

  LoginCheck(UserStore users, Limits limits) {
    this.users = users;
    this.perUserAndAddress = limits.loginPerUserAndAddress();
    this.perUser = limits.loginPerUser();
    this.perAddress = limits.loginPerAddress();
  }

  sealed interface Outcome permits LoggedIn, Wrong, MustWait {}

  record LoggedIn(User user) implements Outcome {}

  record Wrong() implements Outcome {}

  record MustWait(Duration remaining) implements Outcome {}

  Outcome check(String username, String password, String address) {
    Map<RateLimit, String> keys = new LinkedHashMap<>();
    keys.put(perUserAndAddress, username + "\n" + Strangers.key(address));
    keys.put(perUser, username);
    keys.put(perAddress, Strangers.key(address));
    // Charged before the password is looked at: of many guesses at once, only as many as allowed
    // are.
    Optional<Duration> wait =
        keys.entrySet().stream()
            .flatMap(limit -> limit.getKey().charge(limit.getValue()).stream())
            .max(Duration::compareTo);
    if (wait.isPresent()) {
      return new MustWait(wait.get());
    }
    Optional<User> user = users.find(username);
    if (!Passwords.matches(user, password)) {
      return new Wrong();
    }
    keys.forEach(RateLimit::giveBack);
    return new LoggedIn(user.orElseThrow());
  }
}
