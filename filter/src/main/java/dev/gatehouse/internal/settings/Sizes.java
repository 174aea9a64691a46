package dev.gatehouse.internal.settings;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses and formats sizes in settings: {@code 65536} bytes, {@code 64KiB}, {@code 128MiB}. */
final class Sizes {

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})\\s*(|KiB|MiB)");

  private Sizes() {}

  /**
   * Parses a size in bytes.
   *
   * @throws IllegalArgumentException if it has another form
   */
  static long parse(String text) {
    Matcher match = SIZE.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size; write one such as 65536, 64KiB or 128MiB");
    }
    long amount = Long.parseLong(match.group(1));
    return switch (match.group(2)) {
      case "KiB" -> amount * KIB;
      case "MiB" -> amount * MIB;
      default -> amount;
    };
  }

  /** Formats a size in whole MiB, or else in KiB, or else in bytes. */
  static String format(long bytes) {
    if (bytes % KIB != 0) {
      return Long.toString(bytes);
    }
    return bytes % MIB == 0 ? bytes / MIB + "MiB" : bytes / KIB + "KiB";
  }
}
