package dev.gatehouse.authorizationserver;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Checks a user's password, and slows down who guesses. Only failures count. What counts is the
 * pair of user and address, so that a stranger can't lock anybody out; and, far more slowly, the
 * user alone, against those who have many addresses.
 */
final class LoginCheck {
  private final UserStore users;
  private final RateLimit perUserAndAddress;
  private final RateLimit perUser;
  private final Strangers strangers;

  LoginCheck(UserStore users, Limits limits) {
    this.users = users;
    this.perUserAndAddress = limits.loginPerUserAndAddress();
    this.perUser = limits.loginPerUser();
    this.strangers = new Strangers(limits.loginPerAddress());
  }

  sealed interface Outcome permits LoggedIn, Wrong, MustWait {}

  record LoggedIn(User user) implements Outcome {}

  record Wrong() implements Outcome {}

  record MustWait(Duration remaining) implements Outcome {}

  Outcome check(String username, String password, String address) {
    String pair = username + "\n" + Strangers.key(address);
    Optional<Duration> wait =
        Stream.of(
                perUserAndAddress.check(pair), perUser.check(username), strangers.mustWait(address))
            .flatMap(Optional::stream)
            .max(Duration::compareTo);
    if (wait.isPresent()) {
      return new MustWait(wait.get());
    }
    Optional<User> user = users.find(username);
    if (Passwords.matches(user, password)) {
      return new LoggedIn(user.orElseThrow());
    }
    perUserAndAddress.charge(pair);
    perUser.charge(username);
    strangers.hasFailed(address);
    return new Wrong();
  }
}
