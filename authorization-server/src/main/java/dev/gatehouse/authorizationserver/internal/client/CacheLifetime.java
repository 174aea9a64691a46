package dev.gatehouse.authorizationserver.internal.client;

import java.net.URLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a fetched document is fresh, according to the headers of its response (RFC 9111 §4.2),
 * within bounds. Only this server uses the document. So its cache is a private one, which ignores
 * {@code s-maxage} and {@code private}.
 */
final class CacheLifetime {
  /**
   * Also with {@code no-store}: the requests of one log-in use one document, and callers cannot
   * make this server fetch it more often.
   */
  static final Duration SHORTEST = Duration.ofSeconds(10);

  /** A changed document, and the removal of a key, take effect within this time. */
  static final Duration LONGEST = Duration.ofMinutes(30);

  /** RFC 9111 §4.2.2: for a response that does not say anything. */
  static final Duration DEFAULT = Duration.ofMinutes(10);

  /** RFC 9111 §5.2: the value is a token or a quoted string, which may contain commas. */
  private static final Pattern DIRECTIVE =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]++)(?:=(?:\"([^\"]*+)\"|([^\\s,\"]*+)))?");

  private static final Pattern SECONDS = Pattern.compile("\\d+");

  /** RFC 9111 §1.2.2: larger values count as this one. */
  private static final String MOST_SECONDS = "2147483648";

  private CacheLifetime() {}

  static Duration of(URLConnection response) {
    Optional<Duration> lifetime = byCacheControl(fields(response, "Cache-Control"));
    if (lifetime.isEmpty()) {
      lifetime = byExpires(response);
    }
    return lifetime.map(time -> bounded(time.minus(age(fields(response, "Age"))))).orElse(DEFAULT);
  }

  private static List<String> fields(URLConnection response, String name) {
    List<String> values = new ArrayList<>();
    for (int i = 0; response.getHeaderField(i) != null; i++) {
      if (name.equalsIgnoreCase(response.getHeaderFieldKey(i))) {
        values.add(response.getHeaderField(i));
      }
    }
    return values;
  }

  private static Optional<Duration> byCacheControl(List<String> fields) {
    List<Duration> ages = new ArrayList<>();
    for (String field : fields) {
      Matcher directive = DIRECTIVE.matcher(field);
      while (directive.find()) {
        switch (directive.group(1).toLowerCase(Locale.ROOT)) {
          case "no-store", "no-cache" -> {
            return Optional.of(Duration.ZERO);
          }
          case "max-age" ->
              ages.add(
                  seconds(directive.group(2) == null ? directive.group(3) : directive.group(2)));
          default -> {
            // RFC 9111 §5.2.3: others are ignored
          }
        }
      }
    }
    // RFC 9111 §4.2.1: of conflicting values, the most restrictive one
    return ages.stream().min(Duration::compareTo);
  }

  /** RFC 9111 §4.2.1: with an invalid value, the response is stale. */
  private static Duration seconds(@Nullable String text) {
    if (text == null || !SECONDS.matcher(text).matches()) {
      return Duration.ZERO;
    }
    return Duration.ofSeconds(
        Long.parseLong(text.length() < MOST_SECONDS.length() ? text : MOST_SECONDS));
  }

  /** RFC 9111 §5.3: invalid dates, especially {@code 0}, mean that it has expired. */
  private static Optional<Duration> byExpires(URLConnection response) {
    if (fields(response, "Expires").isEmpty()) {
      return Optional.empty();
    }
    long expires = response.getHeaderFieldDate("Expires", 0);
    long date = response.getHeaderFieldDate("Date", 0);
    return Optional.of(
        expires == 0 || date == 0 ? Duration.ZERO : Duration.ofMillis(expires - date));
  }

  private static Duration age(List<String> fields) {
    return fields.stream()
        .map(text -> seconds(text.strip()))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static Duration bounded(Duration lifetime) {
    if (lifetime.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return lifetime.compareTo(LONGEST) > 0 ? LONGEST : lifetime;
  }
}
