package dev.gatehouse;

import java.time.Duration;

/**
 * What asking the authorization server has yielded. Three outcomes, so that an outage can't pose as
 * a bad token: a 401 would send every client into a log-in storm.
 */
sealed interface Verdict {

  /** The server calls the token active; whether it is good <em>here</em> is yet to be judged. */
  record Active(IntrospectionAnswer answer, TrustedServer server) implements Verdict {}

  /** The server calls the token bad. */
  record Inactive(Reason reason, String detail) implements Verdict {}

  /**
   * There is no telling: the token may be good.
   *
   * @param retryAfter when asking again may help
   */
  record Unavailable(Reason reason, String detail, Duration retryAfter) implements Verdict {

    /** What a client is told to wait when the server did not say. */
    static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    static Unavailable because(Reason reason, String detail) {
      return new Unavailable(reason, detail, RETRY_AFTER);
    }
  }
}
