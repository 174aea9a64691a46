package dev.gatehouse.internal.introspection;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses the pause that a server requests (RFC 9110 §10.2.3):
 *
 * <pre>
 * Retry-After: 120
 * Retry-After: Fri, 31 Dec 1999 23:59:59 GMT
 * </pre>
 */
public final class RetryAfter {

  /** A longer pause is probably an error, and would refuse callers for too long. */
  public static final Duration LONGEST = Duration.ofMinutes(5);

  private static final Pattern SECONDS = Pattern.compile("[0-9]+");

  /** A number of so many digits always fits into a long. */
  private static final int MAX_DIGITS = 9;

  private RetryAfter() {}

  /**
   * The requested pause of a response.
   *
   * @param now the start of the pause if the response has no {@code Date}
   * @return more than zero and at most five minutes; empty if there is none or it is malformed
   */
  static Optional<Duration> of(HTTPResponse response, Instant now) {
    String value = response.getHeaderValue("Retry-After");
    if (value == null) {
      return Optional.empty();
    }
    return seconds(value.strip())
        .or(() -> until(value, date(response.getHeaderValue("Date")).orElse(now)))
        .filter(wait -> wait.compareTo(Duration.ZERO) > 0)
        .map(wait -> wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
  }

  private static Optional<Duration> seconds(String value) {
    if (!SECONDS.matcher(value).matches()) {
      return Optional.empty();
    }
    return Optional.of(
        value.length() > MAX_DIGITS ? LONGEST : Duration.ofSeconds(Long.parseLong(value)));
  }

  private static Optional<Duration> until(String value, Instant from) {
    return date(value).map(end -> Duration.between(from, end));
  }

  /** A date in the only form that senders may use (RFC 9110 §5.6.7). */
  private static Optional<Instant> date(@Nullable String value) {
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(value.strip())));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
