package dev.gatehouse.bench;

import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The results of JMH by class and method, such as {@code FloorBenchmark.lookUp}. */
final class JmhResults {

  private static final String BYTES = "gc.alloc.rate.norm";

  private final Map<String, RunResult> results = new HashMap<>();

  JmhResults(Collection<RunResult> all) {
    for (RunResult result : all) {
      String name = result.getParams().getBenchmark();
      results.put(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1), result);
    }
  }

  /** Whether any benchmark of this class has run. */
  boolean haveAnyOf(Class<?> benchmarks) {
    return results.keySet().stream()
        .anyMatch(name -> name.startsWith(benchmarks.getSimpleName() + "."));
  }

  /** The average time, in nanoseconds; NaN if the benchmark has not run. */
  double nanos(String name) {
    RunResult result = results.get(name);
    return result == null ? Double.NaN : result.getPrimaryResult().getScore();
  }

  /** The processor time, in nanoseconds; NaN if the benchmark has not run. */
  double cpuNanos(String name) {
    return secondary(name, CpuProfiler.NAME);
  }

  /** The allocated bytes; NaN if the benchmark has not run. */
  double bytes(String name) {
    return secondary(name, BYTES);
  }

  private double secondary(String name, String figure) {
    RunResult result = results.get(name);
    Result<?> found = result == null ? null : result.getSecondaryResults().get(figure);
    return found == null ? Double.NaN : found.getScore();
  }

  /** Time, processor time and bytes; empty if the benchmark has not run. */
  String text(String name) {
    RunResult result = results.get(name);
    if (result == null) {
      return "";
    }
    return "%s ± %.0f%%; %s; %,.0f B"
        .formatted(
            time(nanos(name)),
            100 * result.getPrimaryResult().getStatistics().getStandardDeviation() / nanos(name),
            time(cpuNanos(name)),
            bytes(name));
  }

  /** A figure as text; empty if it could not be computed. */
  static String plain(String format, double... figures) {
    Object[] arguments = new Object[figures.length];
    for (int i = 0; i < figures.length; i++) {
      if (Double.isNaN(figures[i])) {
        return "";
      }
      arguments[i] = figures[i];
    }
    return String.format(Locale.ROOT, format, arguments);
  }

  private static String time(double nanos) {
    return nanos < 10_000
        ? String.format(Locale.ROOT, "%,.0f ns", nanos)
        : String.format(Locale.ROOT, "%,.1f µs", nanos / 1e3);
  }
}
