package dev.gatehouse.bench;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Calls of a tool with a cached token, with and without rules for MCP. Each benchmark has its own
 * JVM and one filter.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RulesBenchmark {

  /** The servlet alone. */
  @State(Scope.Thread)
  public static class WithoutFilter {

    @SuppressWarnings("NullAway.Init")
    private RulesSetup setup;

    /** Creates the servlet. */
    @Setup
    public void start() throws IOException, ServletException {
      setup = RulesSetup.withoutFilter();
    }
  }

  /** A filter that does not read bodies. */
  @State(Scope.Thread)
  public static class WithoutRules {

    @SuppressWarnings("NullAway.Init")
    private RulesSetup setup;

    /** Starts the filter. */
    @Setup
    public void start() throws IOException, ServletException {
      setup = RulesSetup.withoutRules();
    }
  }

  /** A filter with twenty rules. */
  @State(Scope.Thread)
  public static class WithRules {

    @SuppressWarnings("NullAway.Init")
    private RulesSetup setup;

    /** Starts the filter. */
    @Setup
    public void start() throws IOException, ServletException {
      setup = RulesSetup.with(McpRulesText.TWENTY);
    }
  }

  /** A call of 1 KiB, which the servlet only reads. */
  @Benchmark
  public int small(WithoutRules filter) throws IOException, ServletException {
    return filter.setup.reading.pass(filter.setup.small);
  }

  /** The same with rules. */
  @Benchmark
  public int smallWithRules(WithRules filter) throws IOException, ServletException {
    return filter.setup.reading.pass(filter.setup.small);
  }

  /** A call of 1 MiB, most of it one text, which the servlet parses. */
  @Benchmark
  public int longTextWithoutFilter(WithoutFilter none) throws IOException, ServletException {
    return none.setup.parsing.pass(none.setup.longText);
  }

  /** The same behind a filter without rules. */
  @Benchmark
  public int longText(WithoutRules filter) throws IOException, ServletException {
    return filter.setup.parsing.pass(filter.setup.longText);
  }

  /** The same with rules. */
  @Benchmark
  public int longTextWithRules(WithRules filter) throws IOException, ServletException {
    return filter.setup.parsing.pass(filter.setup.longText);
  }

  /** A call of 1 MiB with many small values, which the servlet parses. */
  @Benchmark
  public int manyValuesWithoutFilter(WithoutFilter none) throws IOException, ServletException {
    return none.setup.parsing.pass(none.setup.manyValues);
  }

  /** The same behind a filter without rules. */
  @Benchmark
  public int manyValues(WithoutRules filter) throws IOException, ServletException {
    return filter.setup.parsing.pass(filter.setup.manyValues);
  }

  /** The same with rules. */
  @Benchmark
  public int manyValuesWithRules(WithRules filter) throws IOException, ServletException {
    return filter.setup.parsing.pass(filter.setup.manyValues);
  }
}
