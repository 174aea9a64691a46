package dev.gatehouse.bench;

import java.util.Arrays;
import java.util.Locale;

/** A figure over several rounds: median, minimum and maximum. */
record Spread(double median, double minimum, double maximum) {

  static Spread of(double... figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    if (sorted.length == 0) {
      throw new IllegalArgumentException("no figures");
    }
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** The figure as text, for example {@code 0.98 (0.96–1.01)}. */
  String text(String format) {
    return String.format(
        Locale.ROOT, format + " (" + format + "–" + format + ")", median, minimum, maximum);
  }

  /** The median as text. */
  String medianText(String format) {
    return String.format(Locale.ROOT, format, median);
  }
}
