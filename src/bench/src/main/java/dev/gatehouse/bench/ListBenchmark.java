package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gatehouse.McpAuthFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Lists of tools, from which the filter removes those that the caller may not use, and results of
 * calls, which it passes on.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ListBenchmark {

  /** A filter without rules. */
  @State(Scope.Thread)
  public static class WithoutRules extends Lists {

    /** Creates the state for JMH. */
    public WithoutRules() {
      super(List.of(), ToolList.TOOLS);
    }
  }

  /** A filter with rules that allow all tools. */
  @State(Scope.Thread)
  public static class HidingNothing extends Lists {

    /** Creates the state for JMH. */
    public HidingNothing() {
      super(McpRulesText.HIDE_NOTHING, ToolList.TOOLS);
    }
  }

  /** A filter with rules that forbid half of the tools. */
  @State(Scope.Thread)
  public static class HidingHalf extends Lists {

    /** Creates the state for JMH. */
    public HidingHalf() {
      super(McpRulesText.HIDE_HALF, ToolList.TOOLS / 2);
    }
  }

  /** The servlets alone. */
  @State(Scope.Thread)
  public static class NoFilter extends Results {

    /** Creates the servlets. */
    @Setup
    public void start() throws IOException, ServletException {
      start((request, response, chain) -> chain.doFilter(request, response));
    }
  }

  /** A filter with rules. */
  @State(Scope.Thread)
  public static class WithRules extends Results {

    /** Starts the filter. */
    @Setup
    public void start() throws IOException, ServletException {
      start(GatehouseSetup.alone(Integer.getInteger(JmhPart.STUB_PORT), McpRulesText.TWENTY));
    }
  }

  /** Two servlets that respond to a call with 1 MiB, in JSON or in an event. */
  @State(Scope.Thread)
  public abstract static class Results {

    private final StubRequest call =
        StubRequest.call(Tokens.of(Tokens.ACTIVE, 1, 1), McpMessages.small());

    @SuppressWarnings("NullAway.Init")
    private OneRequest json;

    @SuppressWarnings("NullAway.Init")
    private OneRequest event;

    /** Checks that the client gets the whole result. */
    final void start(Filter filter) throws IOException, ServletException {
      String result = McpMessages.result();
      json = new OneRequest(filter, Writing.json(result));
      event = new OneRequest(filter, Writing.event(result));
      if (!json.body(call).equals(result) || !event.body(call).contains(result)) {
        throw new IllegalStateException("the client gets another result");
      }
    }

    final int passJson() throws IOException, ServletException {
      return json.pass(call);
    }

    final int passEvent() throws IOException, ServletException {
      return event.pass(call);
    }
  }

  /** A filter in front of the two servlets. */
  @State(Scope.Thread)
  public abstract static class Lists {

    private static final Pattern NAME = Pattern.compile("\"name\":\"");

    private final StubRequest list =
        StubRequest.call(Tokens.of(Tokens.ACTIVE, 1, 1), McpMessages.LIST.getBytes(UTF_8));
    private final List<String> rules;
    private final int visible;

    @SuppressWarnings("NullAway.Init")
    private OneRequest json;

    @SuppressWarnings("NullAway.Init")
    private OneRequest event;

    Lists(List<String> rules, int visible) {
      this.rules = rules;
      this.visible = visible;
    }

    /** Starts the filter, and checks how many tools the client sees. */
    @Setup
    public void start() throws IOException, ServletException {
      int stubPort = Integer.getInteger(JmhPart.STUB_PORT);
      McpAuthFilter filter =
          rules.isEmpty() ? GatehouseSetup.alone(stubPort) : GatehouseSetup.alone(stubPort, rules);
      json = new OneRequest(filter, Writing.json(ToolList.message()));
      event = new OneRequest(filter, Writing.event(ToolList.message()));
      check(json.body(list));
      check(event.body(list));
    }

    final int passJson() throws IOException, ServletException {
      return json.pass(list);
    }

    final int passEvent() throws IOException, ServletException {
      return event.pass(list);
    }

    private void check(String response) {
      long tools = NAME.matcher(response).results().count();
      if (tools != visible) {
        throw new IllegalStateException(
            "the client sees %d tools instead of %d".formatted(tools, visible));
      }
    }
  }

  /** JSON without rules. */
  @Benchmark
  public int json(WithoutRules filter) throws IOException, ServletException {
    return filter.passJson();
  }

  /** JSON with all tools visible. */
  @Benchmark
  public int jsonHidingNothing(HidingNothing filter) throws IOException, ServletException {
    return filter.passJson();
  }

  /** JSON with half of the tools visible. */
  @Benchmark
  public int jsonHidingHalf(HidingHalf filter) throws IOException, ServletException {
    return filter.passJson();
  }

  /** An event without rules. */
  @Benchmark
  public int event(WithoutRules filter) throws IOException, ServletException {
    return filter.passEvent();
  }

  /** An event with all tools visible. */
  @Benchmark
  public int eventHidingNothing(HidingNothing filter) throws IOException, ServletException {
    return filter.passEvent();
  }

  /** An event with half of the tools visible. */
  @Benchmark
  public int eventHidingHalf(HidingHalf filter) throws IOException, ServletException {
    return filter.passEvent();
  }

  /** A result of 1 MiB in JSON, without a filter. */
  @Benchmark
  public int result(NoFilter none) throws IOException, ServletException {
    return none.passJson();
  }

  /** The same with rules. */
  @Benchmark
  public int resultWithRules(WithRules filter) throws IOException, ServletException {
    return filter.passJson();
  }

  /** A result of 1 MiB in an event, without a filter. */
  @Benchmark
  public int resultEvent(NoFilter none) throws IOException, ServletException {
    return none.passEvent();
  }

  /** The same with rules. */
  @Benchmark
  public int resultEventWithRules(WithRules filter) throws IOException, ServletException {
    return filter.passEvent();
  }
}
