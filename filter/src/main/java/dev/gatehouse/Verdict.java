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
   * @param detail for the log; what the server's own words in it could do to a line is taken out
   * @param retryAfter when asking again may help
   */
  record Unavailable(Reason reason, String detail, Duration retryAfter) implements Verdict {

    public Unavailable {
      detail = detail.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }

    /** What a client is told to wait when the server did not say. */
    static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    static Unavailable because(Reason reason, String detail) {
      return new Unavailable(reason, detail, RETRY_AFTER);
    }
  }
}
