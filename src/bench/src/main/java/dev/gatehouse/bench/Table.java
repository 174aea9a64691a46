package dev.gatehouse.bench;

import java.util.ArrayList;
import java.util.List;

/** The table that a run prints, in Markdown. */
final class Table {

  private static final List<String> HEAD =
      List.of("what", "no filter", "Gatehouse", "Spring Security", "naive", "goal", "reached");

  private final List<List<String>> rows = new ArrayList<>();

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /** Adds a row with the title of a part. */
  void part(String title) {
    rows.add(List.of("**" + title + "**", "", "", "", "", "", ""));
  }

  /** Adds a row. */
  void row(Row row) {
    rows.add(
        List.of(
            row.what,
            row.noFilter,
            row.gatehouse,
            row.spring,
            row.naive,
            row.goalText,
            row.reached));
  }

  /** A row; cells without a measurement stay empty. */
  static final class Row {

    private final String what;
    private String noFilter = "";
    private String gatehouse = "";
    private String spring = "";
    private String naive = "";
    private String goalText = "";
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

    /** Sets the goal for Gatehouse and whether the figure meets it. */
    Row goal(Goal goal, double figure) {
      goalText = goal.text();
      reached = goal.result(figure);
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
