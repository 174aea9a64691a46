package dev.gatehouse.bench;

import java.util.Arrays;
import java.util.Locale;

/** One figure over several rounds: its median, and the least and the most. */
record Spread(double median, double least, double most) {

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

  /** For example {@code 0.98 (0.96–1.01)}. */
  String text(String format) {
    return String.format(
        Locale.ROOT, format + " (" + format + "–" + format + ")", median, least, most);
  }

  /** The median alone. */
  String middle(String format) {
    return String.format(Locale.ROOT, format, median);
  }
}
