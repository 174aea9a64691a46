package dev.gatehouse.internal.syntax;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and formats durations in settings: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}. */
public final class Durations {

  private static final Pattern SHORT = Pattern.compile("([0-9]{1,9})\\s*(ms|s|m|h)");

  private Durations() {}

  /**
   * Parses the short form or ISO 8601 ({@code PT30S}).
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Duration parse(String text) {
    Matcher match = SHORT.matcher(text);
    if (match.matches()) {
      long amount = Long.parseLong(match.group(1));
      return switch (match.group(2)) {
        case "ms" -> Duration.ofMillis(amount);
        case "s" -> Duration.ofSeconds(amount);
        case "m" -> Duration.ofMinutes(amount);
        default -> Duration.ofHours(amount);
      };
    }
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a duration; write one such as 500ms, 30s or 5m", e);
    }
  }

  /** Formats a duration in whole minutes, or else in seconds, or else in milliseconds. */
  public static String format(Duration duration) {
    if (duration.toMillis() % 1000 != 0) {
      return duration.toMillis() + "ms";
    }
    return duration.toSeconds() % 60 == 0 && !duration.isZero()
        ? duration.toMinutes() + "m"
        : duration.toSeconds() + "s";
  }
}
