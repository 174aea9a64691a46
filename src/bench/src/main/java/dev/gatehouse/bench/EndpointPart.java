package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** The introspection endpoint with few and with many stored tokens, which must cost the same. */
final class EndpointPart {

  /** The series of the stored tokens. */
  static final int SERIES = 7;

  private static final int FEW = 1_000;

  /** A million tokens fill a quarter of this heap; with less, garbage collection would dominate. */
  private static final List<String> OPTIONS = List.of("-Xmx4g");

  private static final String BASIC =
      Base64.getEncoder()
          .encodeToString(
              (EndpointServer.CLIENT_ID + ":" + EndpointServer.SECRET).getBytes(US_ASCII));

  private final Plan plan;
  private final LoadGenerator generator;

  EndpointPart(Plan plan, LoadGenerator generator) {
    this.plan = plan;
    this.generator = generator;
  }

  void run(Table table) throws IOException {
    measure(table, "in memory", EndpointServer.MEMORY, EndpointServer.MEMORY);
    Path folder = Files.createTempDirectory("gatehouse-bench-");
    try {
      measure(
          table,
          "H2 in a file",
          "jdbc:h2:file:" + folder.resolve("few"),
          "jdbc:h2:file:" + folder.resolve("many"));
    } finally {
      delete(folder);
    }
  }

  private void measure(Table table, String title, String storeOfFew, String storeOfMany)
      throws IOException {
    try (Child few = server(storeOfFew, FEW);
        Child many = server(storeOfMany, plan.storedTokens())) {
      Progress.dot();
      generator.run(few.port(), requests(few, FEW), plan.warmUp());
      generator.run(many.port(), requests(many, plan.storedTokens()), plan.warmUp());
      List<Turn> withFew = new ArrayList<>();
      List<Turn> withMany = new ArrayList<>();
      for (int round = 0; round < plan.rounds(); round++) {
        withFew.add(turn(few, FEW));
        withMany.add(turn(many, plan.storedTokens()));
      }
      report(table, title, withFew, withMany);
    }
  }

  /** The measurement of one server in a round. */
  private record Turn(Load load, double cpuMicros) {}

  private Turn turn(Child server, int tokens) throws IOException {
    Duration before = server.cpu();
    Load load = generator.run(server.port(), requests(server, tokens), plan.window());
    Duration cpu = server.cpu().minus(before);
    return new Turn(load, cpu.toNanos() / 1e3 / Math.max(1, load.requests()));
  }

  private static Child server(String store, int tokens) throws IOException {
    return Child.start(
        Child.OWN_JAVA, OPTIONS, EndpointServer.class, store, Integer.toString(tokens));
  }

  private static Requests requests(Child server, int tokens) {
    return Requests.introspections(
        server.port(),
        new LoadCase.TokenRange(Tokens.prefix(Tokens.ACTIVE, SERIES), tokens),
        BASIC);
  }

  private void report(Table table, String title, List<Turn> few, List<Turn> many) {
    table.part("Our introspection endpoint, %s".formatted(title));
    table.row(
        new Table.Row("%,d tokens: requests/s; p50 / p99, ms; CPU, µs; errors".formatted(FEW))
            .with(Variant.GATEHOUSE, text(few)));
    table.row(
        new Table.Row("%,d tokens: the same".formatted(plan.storedTokens()))
            .with(Variant.GATEHOUSE, text(many)));
    Spread rate = ratio(many, few, turn -> turn.load().perSecond());
    table.row(
        new Table.Row("requests/s with many against few, same round")
            .with(Variant.GATEHOUSE, rate.text("%.2f"))
            .goal(Goal.atLeast(0.9, ""), rate.median()));
    Spread cpu = ratio(many, few, Turn::cpuMicros);
    table.row(
        new Table.Row("CPU with many against few, same round")
            .with(Variant.GATEHOUSE, cpu.text("%.2f"))
            .goal(Goal.atMost(1.1, ""), cpu.median()));
  }

  private static Spread ratio(List<Turn> many, List<Turn> few, ToDoubleFunction<Turn> figure) {
    double[] ratios = new double[few.size()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(many.get(i)) / figure.applyAsDouble(few.get(i));
    }
    return Spread.of(ratios);
  }

  private static String text(List<Turn> turns) {
    return median(turns, turn -> turn.load().perSecond(), "%,.0f/s; ")
        + median(turns, turn -> turn.load().p50Micros() / 1e3, "%.2f / ")
        + median(turns, turn -> turn.load().p99Micros() / 1e3, "%.2f; ")
        + median(turns, Turn::cpuMicros, "%.0f; ")
        + turns.stream().mapToLong(turn -> turn.load().errors()).sum();
  }

  private static String median(List<Turn> turns, ToDoubleFunction<Turn> figure, String format) {
    return Spread.of(turns.stream().mapToDouble(figure).toArray()).medianText(format);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
