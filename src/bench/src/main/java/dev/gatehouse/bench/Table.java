package dev.gatehouse.bench;

import java.util.ArrayList;
import java.util.List;

/** The one table that a run prints, in markdown. */
final class Table {

  private static final List<String> HEAD =
      List.of("what", "no filter", "Gatehouse", "Spring Security", "naive", "to reach", "reached");

  private final List<List<String>> rows = new ArrayList<>();

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Begins a part of it. */
  void part(String title) {
    rows.add(List.of("**" + title + "**", "", "", "", "", "", ""));
  }

  /** Adds one line. */
  void row(Row row) {
    rows.add(
        List.of(
            row.what,
            row.noFilter,
            row.gatehouse,
            row.spring,
            row.naive,
            row.toReach,
            row.reached));
  }

  /** One line, with what was not measured left empty. */
  static final class Row {

    private final String what;
    private String noFilter = "";
    private String gatehouse = "";
    private String spring = "";
    private String naive = "";
    private String toReach = "";
    private String reached = "";

    Row(String what) {
      this.what = what;
    }

    Row with(Variant variant, String text) {
      switch (variant) {
        case NO_FILTER -> noFilter = text;
        case NO_FILTER_AGAIN -> noFilter = noFilter + "; again " + text;
        case GATEHOUSE -> gatehouse = text;
        case SPRING -> spring = text;
        case NAIVE -> naive = text;
      }
      return this;
    }

    /** What Gatehouse is to reach, and whether it did. */
    Row goal(Goal goal, double figure) {
      toReach = goal.text();
      reached = goal.verdict(figure);
      return this;
    }
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    line(text, HEAD);
    line(text, List.of("---", "---:", "---:", "---:", "---:", "---:", "---"));
    rows.forEach(row -> line(text, row));
    return text.toString();
  }

  private static void line(StringBuilder text, List<String> cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
