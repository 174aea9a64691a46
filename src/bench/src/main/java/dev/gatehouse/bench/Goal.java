package dev.gatehouse.bench;

import java.util.Locale;

/** A goal for a figure. */
record Goal(String text, double bound, boolean atLeast) {

  /** No goal. */
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

  /** Whether the figure meets the goal; empty if there is no goal or no figure. */
  String result(double figure) {
    if (text.isEmpty() || Double.isNaN(figure)) {
      return "";
    }
    return (atLeast ? figure >= bound : figure <= bound) ? "yes" : "**no**";
  }
}
