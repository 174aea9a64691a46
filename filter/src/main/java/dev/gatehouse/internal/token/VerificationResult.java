package dev.gatehouse.internal.token;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What asking the authorization server has yielded. Three outcomes, so that an outage can't pose as
 * a bad token: a 401 would send every client into a log-in storm.
 */
public sealed interface VerificationResult {

  /** The server calls the token active; whether it is good <em>here</em> is yet to be judged. */
  record Active(TokenClaims claims, TrustedServer server) implements VerificationResult {}

  /** The server calls the token bad. */
  record Inactive(Reason reason, String detail) implements VerificationResult {}

  /**
   * There is no telling: the token may be good.
   *
   * @param detail for the log; what the server's own words in it could do to a line is taken out
   * @param retryAfter when asking again may help
   * @param outage whether the server can't be reached, as opposed to one that is there and answers
   *     what it should not
   */
  record Unavailable(Reason reason, String detail, Duration retryAfter, boolean outage)
      implements VerificationResult {

    public Unavailable {
      detail = detail.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }

    public Unavailable(Reason reason, String detail, Duration retryAfter) {
      this(reason, detail, retryAfter, isOutage(reason));
    }

    /** Whether this reason means that the server could not be reached. */
    public static boolean isOutage(Reason reason) {
      return reason == Reason.AS_TIMEOUT || reason == Reason.AS_UNREACHABLE;
    }

    /** What a client is told to wait when the server did not say. */
    public static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    public static Unavailable because(Reason reason, String detail) {
      return new Unavailable(reason, detail, RETRY_AFTER);
    }

    /**
     * One for several that failed in turn: the reason that most needs somebody to look, and the
     * time when the first of them may be asked again.
     */
    public static Unavailable ofAll(List<Unavailable> failures) {
      Unavailable worst =
          failures.stream()
              .min(Comparator.comparing(failure -> rank(failure.reason())))
              .orElseThrow();
      return new Unavailable(
          worst.reason(),
          failures.stream().map(Unavailable::detail).collect(Collectors.joining("; ")),
          failures.stream()
              .map(Unavailable::retryAfter)
              .min(Comparator.naturalOrder())
              .orElseThrow(),
          failures.stream().allMatch(Unavailable::outage));
    }

    private static int rank(Reason reason) {
      return switch (reason) {
        case AS_CREDENTIALS -> 0;
        case AS_NOT_ASKED -> 2; // what brought that about has been told
        default -> 1;
      };
    }
  }
}
