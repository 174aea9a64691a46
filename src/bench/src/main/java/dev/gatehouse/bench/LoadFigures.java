package dev.gatehouse.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The figures of one load case over all rounds, and its rows in the table. */
final class LoadFigures {

  private final LoadCase load;
  private final List<Map<Variant, LoadSample>> rounds = new ArrayList<>();

  LoadFigures(LoadCase load) {
    this.load = load;
  }

  void add(Map<Variant, LoadSample> round) {
    rounds.add(round);
  }

  /** Adds the rows to the table. */
  void addTo(Table table, String where) {
    table.part(where + ": " + load.title());
    if (!load.equals(LoadCase.NEW_FAR)) {
      // With a distant authorization server, the rate depends on its delay only.
      table.row(perSecond());
    }
    table.row(addedCpu());
    if (load.newTokens()) {
      table.row(beyond());
    }
    table.row(plain("p50 / p99, ms", this::latencies));
    table.row(plain("introspections per 1,000 requests", this::introspections));
    table.row(plain("errors", this::errors));
    table.row(plain("threads / MiB in memory", this::size));
  }

  /** Requests per second, relative to no filter in the same round. */
  private Table.Row perSecond() {
    Table.Row row = new Table.Row("requests/s, against no filter");
    row.with(
        Variant.NO_FILTER,
        over(Variant.NO_FILTER, s -> s.load().perSecond()).medianText("%,.0f/s"));
    row.with(Variant.NO_FILTER_AGAIN, rate(Variant.NO_FILTER_AGAIN).text("%.3f"));
    for (Variant variant : Variant.values()) {
      if (variant.introspects()) {
        row.with(variant, rate(variant).text("%.3f"));
      }
    }
    return row.goal(load.rate(), rate(Variant.GATEHOUSE).median());
  }

  private Table.Row addedCpu() {
    Table.Row row = new Table.Row("CPU per request, µs, above no filter");
    row.with(Variant.NO_FILTER, over(Variant.NO_FILTER, LoadSample::cpuMicros).medianText("%.1f"));
    row.with(Variant.NO_FILTER_AGAIN, added(Variant.NO_FILTER_AGAIN).text("%+.1f"));
    for (Variant variant : Variant.values()) {
      if (variant.introspects()) {
        row.with(variant, added(variant).text("%+.1f"));
      }
    }
    return row.goal(load.addedCpu(), added(Variant.GATEHOUSE).median());
  }

  private Table.Row beyond() {
    Table.Row row = new Table.Row("p50 beyond the introspection response, ms");
    for (Variant variant : Variant.values()) {
      if (variant.introspects()) {
        row.with(variant, over(variant, LoadSample::beyondMillis).text("%.2f"));
      }
    }
    return row.goal(load.beyond(), over(Variant.GATEHOUSE, LoadSample::beyondMillis).median());
  }

  private static Table.Row plain(String what, Function<Variant, String> text) {
    Table.Row row = new Table.Row(what);
    for (Variant variant : Variant.values()) {
      if (variant != Variant.NO_FILTER_AGAIN) {
        row.with(variant, text.apply(variant));
      }
    }
    return row;
  }

  private String latencies(Variant variant) {
    return over(variant, s -> s.load().p50Micros() / 1e3).medianText("%.2f")
        + " / "
        + over(variant, s -> s.load().p99Micros() / 1e3).medianText("%.2f");
  }

  private String introspections(Variant variant) {
    return variant.introspects()
        ? over(variant, LoadSample::introspectionsPerThousand).medianText("%.1f")
        : "";
  }

  private String errors(Variant variant) {
    return Long.toString(rounds.stream().mapToLong(r -> of(r, variant).load().errors()).sum());
  }

  private String size(Variant variant) {
    LoadSample last = of(rounds.get(rounds.size() - 1), variant);
    return String.format(Locale.ROOT, "%d / %d", last.threads(), last.mebibytes());
  }

  private Spread rate(Variant variant) {
    return overRounds(
        round ->
            of(round, variant).load().perSecond()
                / base(round, s -> s.load().perSecond(), variant));
  }

  private Spread added(Variant variant) {
    return overRounds(
        round -> of(round, variant).cpuMicros() - base(round, LoadSample::cpuMicros, variant));
  }

  /** The mean of both measurements without a filter; the second is compared with the first. */
  private static double base(
      Map<Variant, LoadSample> round, ToDoubleFunction<LoadSample> figure, Variant of) {
    double first = figure.applyAsDouble(of(round, Variant.NO_FILTER));
    return of == Variant.NO_FILTER_AGAIN
        ? first
        : (first + figure.applyAsDouble(of(round, Variant.NO_FILTER_AGAIN))) / 2;
  }

  private Spread over(Variant variant, ToDoubleFunction<LoadSample> figure) {
    return overRounds(round -> figure.applyAsDouble(of(round, variant)));
  }

  private Spread overRounds(ToDoubleFunction<Map<Variant, LoadSample>> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure).toArray());
  }

  private static LoadSample of(Map<Variant, LoadSample> round, Variant variant) {
    LoadSample sample = round.get(variant);
    if (sample == null) {
      throw new IllegalStateException("no sample in this round for " + variant);
    }
    return sample;
  }
}
