package dev.gatehouse.bench;

import java.util.Locale;

/** A figure to reach. */
record Goal(String text, double bound, boolean atLeast) {

  /** None is set. */
  static final Goal NONE = new Goal("", 0, true);

  static Goal atLeast(double bound, String unit) {
    return new Goal("≥ " + number(bound) + unit, bound, true);
  }

  static Goal atMost(double bound, String unit) {
    return new Goal("≤ " + number(bound) + unit, bound, false);
  }

  private static String number(double bound) {
    return bound == Math.rint(bound)
        ? Long.toString((long) bound)
        : String.format(Locale.ROOT, "%s", bound);
  }

  /** Yes or no; nothing where no figure is set or none was measured. */
  String verdict(double figure) {
    if (text.isEmpty() || Double.isNaN(figure)) {
      return "";
    }
    return (atLeast ? figure >= bound : figure <= bound) ? "yes" : "**no**";
  }
}
