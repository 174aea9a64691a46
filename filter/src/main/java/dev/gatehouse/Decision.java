package dev.gatehouse;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a request may pass. Whatever is not {@link Admit} is refused. */
sealed interface Decision {

  /** Every check has passed. */
  record Admit(AuthInfo info) implements Decision {}

  /**
   * A check has failed.
   *
   * @param detail for the log alone; never a token or a secret
   * @param neededScopes what a 403 names; empty otherwise
   * @param retryAfter what a 503 names; zero otherwise
   * @param about for the log alone: what the authorization server says of the token, which it calls
   *     active; null if it does not
   */
  record Refuse(
      Reason reason,
      String detail,
      Set<String> neededScopes,
      Duration retryAfter,
      @Nullable IntrospectionAnswer about)
      implements Decision {

    static Refuse because(Reason reason, String detail) {
      return new Refuse(reason, detail, Set.of(), Duration.ZERO, null);
    }

    static Refuse missingScopes(Set<String> needed, String detail) {
      return new Refuse(Reason.SCOPE, detail, needed, Duration.ZERO, null);
    }

    static Refuse unavailable(Reason reason, String detail, Duration retryAfter) {
      return new Refuse(reason, detail, Set.of(), retryAfter, null);
    }

    Refuse about(IntrospectionAnswer answer) {
      return new Refuse(reason, detail, neededScopes, retryAfter, answer);
    }
  }
}
