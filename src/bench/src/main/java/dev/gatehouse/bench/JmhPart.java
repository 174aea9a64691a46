package dev.gatehouse.bench;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The filters alone, in JMH with its allocation profiler. */
final class JmhPart {

  /** The system property with the port of the stub, for forked JVMs. */
  static final String STUB_PORT = "gatehouse.bench.stub";

  private static final String BYTES = "gc.alloc.rate.norm";

  private final Plan plan;
  private final Stub stub;
  private final Map<String, RunResult> results = new HashMap<>();

  JmhPart(Plan plan, Stub stub) {
    this.plan = plan;
    this.stub = stub;
  }

  /**
   * Runs the benchmarks whose name matches.
   *
   * @param include a regular expression that must occur in the name of the class and method
   */
  void run(Table table, String include) throws RunnerException, IOException {
    stub.delay(0);
    Collection<RunResult> all =
        new Runner(
                new OptionsBuilder()
                    .include(include)
                    .addProfiler(GCProfiler.class)
                    .addProfiler(CpuProfiler.class)
                    .jvmArgsAppend("-D" + STUB_PORT + "=" + stub.port(), "-Xmx512m")
                    .forks(plan.jmhForks())
                    .warmupIterations(plan.jmhSeconds())
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(plan.jmhSeconds())
                    .measurementTime(TimeValue.seconds(1))
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    for (RunResult result : all) {
      String name = result.getParams().getBenchmark();
      results.put(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1), result);
    }
    report(table);
  }

  private void report(Table table) {
    table.part("A filter alone (JMH): time ± deviation; processor time; bytes allocated");
    table.row(
        new Table.Row("floor: SHA-256 and one lookup")
            .with(Variant.NO_FILTER, text("FloorBenchmark.lookUp")));
    table.row(
        new Table.Row("the same with a new digest each time")
            .with(Variant.NO_FILTER, text("FloorBenchmark.lookUpWithNewDigest")));
    table.row(both("a hit", "hit"));
    double floors = nanos("hit") / score("FloorBenchmark.lookUp");
    table.row(
        new Table.Row("a hit: times the floor")
            .with(Variant.GATEHOUSE, plain("%.2f", floors))
            .goal(Goal.atMost(2, ""), floors));
    double hitBytes = secondary("GatehouseBenchmark.hit", BYTES);
    table.row(
        new Table.Row("a hit: bytes")
            .with(Variant.GATEHOUSE, plain("%.0f", hitBytes))
            .goal(Goal.atMost(500, " B"), hitBytes));
    double ahead = score("SpringBenchmark.hit") / nanos("hit");
    table.row(
        new Table.Row("a hit: times as fast as Spring")
            .with(Variant.GATEHOUSE, plain("%.1f", ahead))
            .goal(Goal.atLeast(10, ""), ahead));
    table.row(
        new Table.Row("a hit in Spring's bearer filter alone")
            .with(Variant.SPRING, text("SpringBenchmark.hitInBearerFilter")));
    table.row(both("a refused token, cached as inactive", "refused"));
    table.row(both("no token: the 401", "noToken").goal(Goal.atMost(500, " ns"), nanos("noToken")));
    table.row(both("the metadata", "metadata"));
    table.row(both("a new token, introspected at the stub", "introspection"));
  }

  private Table.Row both(String what, String method) {
    return new Table.Row(what)
        .with(Variant.GATEHOUSE, text("GatehouseBenchmark." + method))
        .with(Variant.SPRING, text("SpringBenchmark." + method));
  }

  private double nanos(String method) {
    return score("GatehouseBenchmark." + method);
  }

  private double score(String name) {
    RunResult result = results.get(name);
    return result == null ? Double.NaN : result.getPrimaryResult().getScore();
  }

  private double secondary(String name, String figure) {
    RunResult result = results.get(name);
    Result<?> found = result == null ? null : result.getSecondaryResults().get(figure);
    return found == null ? Double.NaN : found.getScore();
  }

  private String text(String name) {
    RunResult result = results.get(name);
    if (result == null) {
      return "";
    }
    return "%s ± %.0f%%; %s; %,.0f B"
        .formatted(
            time(score(name)),
            100 * result.getPrimaryResult().getStatistics().getStandardDeviation() / score(name),
            time(secondary(name, CpuProfiler.NAME)),
            secondary(name, BYTES));
  }

  private static String plain(String format, double figure) {
    return Double.isNaN(figure) ? "" : String.format(Locale.ROOT, format, figure);
  }

  private static String time(double nanos) {
    return nanos < 10_000
        ? String.format(Locale.ROOT, "%,.0f ns", nanos)
        : String.format(Locale.ROOT, "%,.1f µs", nanos / 1e3);
  }
}
