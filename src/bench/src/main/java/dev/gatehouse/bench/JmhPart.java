package dev.gatehouse.bench;

import java.io.IOException;
import java.util.Collection;
import org.openjdk.jmh.profile.GCProfiler;
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

  private static final String HIT = "GatehouseBenchmark.hit";

  private final Plan plan;
  private final Stub stub;

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
    JmhResults results = new JmhResults(all);
    if (results.haveAnyOf(GatehouseBenchmark.class)
        || results.haveAnyOf(FloorBenchmark.class)
        || results.haveAnyOf(SpringBenchmark.class)) {
      report(results, table);
    }
    new McpRows(results).addTo(table);
  }

  private static void report(JmhResults results, Table table) {
    table.part("A filter alone (JMH): time ± deviation; processor time; bytes allocated");
    table.row(
        new Table.Row("floor: SHA-256 and one lookup")
            .with(Variant.NO_FILTER, results.text("FloorBenchmark.lookUp")));
    table.row(
        new Table.Row("the same with a new digest each time")
            .with(Variant.NO_FILTER, results.text("FloorBenchmark.lookUpWithNewDigest")));
    table.row(both(results, "a hit", "hit"));
    double floors = results.nanos(HIT) / results.nanos("FloorBenchmark.lookUp");
    table.row(
        new Table.Row("a hit: times the floor")
            .with(Variant.GATEHOUSE, JmhResults.plain("%.2f", floors))
            .goal(Goal.atMost(2, ""), floors));
    double hitBytes = results.bytes(HIT);
    table.row(
        new Table.Row("a hit: bytes")
            .with(Variant.GATEHOUSE, JmhResults.plain("%.0f", hitBytes))
            .goal(Goal.atMost(500, " B"), hitBytes));
    table.row(
        new Table.Row("a hit whose servlet writes 36 bytes of JSON")
            .with(Variant.GATEHOUSE, results.text("GatehouseBenchmark.hitWithBytes")));
    table.row(
        new Table.Row("a hit whose servlet writes them as text")
            .with(Variant.GATEHOUSE, results.text("GatehouseBenchmark.hitWithText")));
    double ahead = results.nanos("SpringBenchmark.hit") / results.nanos(HIT);
    table.row(
        new Table.Row("a hit: times as fast as Spring")
            .with(Variant.GATEHOUSE, JmhResults.plain("%.1f", ahead))
            .goal(Goal.atLeast(10, ""), ahead));
    table.row(
        new Table.Row("a hit in Spring's bearer filter alone")
            .with(Variant.SPRING, results.text("SpringBenchmark.hitInBearerFilter")));
    table.row(both(results, "a refused token, cached as inactive", "refused"));
    table.row(
        both(results, "no token: the 401", "noToken")
            .goal(Goal.atMost(500, " ns"), results.nanos("GatehouseBenchmark.noToken")));
    table.row(both(results, "the metadata", "metadata"));
    table.row(both(results, "a new token, introspected at the stub", "introspection"));
  }

  private static Table.Row both(JmhResults results, String what, String method) {
    return new Table.Row(what)
        .with(Variant.GATEHOUSE, results.text("GatehouseBenchmark." + method))
        .with(Variant.SPRING, results.text("SpringBenchmark." + method));
  }
}
