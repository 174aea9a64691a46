package dev.gatehouse.bench;

/** The rows about rules for MCP, from the results of JMH. */
final class McpRows {

  private final JmhResults results;

  McpRows(JmhResults results) {
    this.results = results;
  }

  void addTo(Table table) {
    if (results.haveAnyOf(RulesBenchmark.class)) {
      table.part("Calls with 20 rules for MCP (JMH): time ± deviation; processor time; bytes");
      addSmall(table);
      addLarge(table, "1 MiB, one long text", "RulesBenchmark.longText");
      addLarge(table, "1 MiB, many small values", "RulesBenchmark.manyValues");
    }
    if (results.haveAnyOf(ListBenchmark.class)) {
      table.part(
          "Responses that rules filter, lists of 200 tools (JMH): time ± deviation; processor time; bytes");
      addList(table, "as JSON", "ListBenchmark.json");
      addList(table, "as one event", "ListBenchmark.event");
      addResult(table, "a result of 1 MiB, as JSON", "ListBenchmark.result");
      addResult(table, "a result of 1 MiB, as one event", "ListBenchmark.resultEvent");
    }
  }

  private void addSmall(Table table) {
    String without = "RulesBenchmark.small";
    String with = without + "WithRules";
    table.row(row("1 KiB, only read: no rules", Variant.GATEHOUSE, without));
    table.row(row("1 KiB, only read: with rules", Variant.GATEHOUSE, with));
    double micros = addedMicros(with, without);
    table.row(
        new Table.Row("added processor time of rules, 1 KiB; bytes")
            .with(Variant.GATEHOUSE, added(with, without))
            .goal(Goal.atMost(3, " µs"), micros));
  }

  private void addLarge(Table table, String what, String without) {
    String servlet = without + "WithoutFilter";
    String with = without + "WithRules";
    table.row(
        row(what + ", parsed: no rules", Variant.GATEHOUSE, without)
            .with(Variant.NO_FILTER, results.text(servlet)));
    table.row(row(what + ", parsed: with rules", Variant.GATEHOUSE, with));
    double percent = 100_000 * addedMicros(with, without) / results.cpuNanos(servlet);
    table.row(
        new Table.Row("added processor time, of the servlet's own; bytes")
            .with(
                Variant.GATEHOUSE,
                JmhResults.plain("%+.1f %%; %+,.0f B", percent, addedBytes(with, without)))
            .goal(Goal.atMost(10, " %"), percent));
  }

  private void addList(Table table, String what, String without) {
    table.row(row(what + ": no rules", Variant.GATEHOUSE, without));
    addListWithRules(table, what + ", nothing hidden", without, without + "HidingNothing");
    addListWithRules(table, what + ", half hidden", without, without + "HidingHalf");
  }

  private void addListWithRules(Table table, String what, String without, String with) {
    table.row(row(what, Variant.GATEHOUSE, with));
    table.row(
        new Table.Row(what + ": added processor time; bytes")
            .with(Variant.GATEHOUSE, added(with, without)));
  }

  private void addResult(Table table, String what, String without) {
    String with = without + "WithRules";
    table.row(
        row(what + ": passes, with rules", Variant.GATEHOUSE, with)
            .with(Variant.NO_FILTER, results.text(without)));
    table.row(
        new Table.Row(what + ": added processor time; bytes")
            .with(Variant.GATEHOUSE, added(with, without)));
  }

  private Table.Row row(String what, Variant variant, String benchmark) {
    return new Table.Row(what).with(variant, results.text(benchmark));
  }

  private String added(String with, String without) {
    return JmhResults.plain(
        "%+.2f µs; %+,.0f B", addedMicros(with, without), addedBytes(with, without));
  }

  private double addedMicros(String with, String without) {
    return (results.cpuNanos(with) - results.cpuNanos(without)) / 1e3;
  }

  private double addedBytes(String with, String without) {
    return results.bytes(with) - results.bytes(without);
  }
}
