package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The introspection endpoint with few and with many stored tokens: a look-up must not cost more.
 */
final class EndpointPart {

  /** Of the stored tokens. */
  static final int SERIES = 7;

  private static final int FEW = 1_000;
  private static final List<String> OPTIONS = List.of("-Xmx2g");
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
      List<Load> withFew = new ArrayList<>();
      List<Load> withMany = new ArrayList<>();
      for (int round = 0; round < plan.rounds(); round++) {
        withFew.add(generator.run(few.port(), requests(few, FEW), plan.window()));
        withMany.add(
            generator.run(many.port(), requests(many, plan.storedTokens()), plan.window()));
      }
      report(table, title, withFew, withMany);
    }
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

  private void report(Table table, String title, List<Load> few, List<Load> many) {
    table.part("Our introspection endpoint, %s".formatted(title));
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < few.size(); i++) {
      ratios.add(many.get(i).perSecond() / few.get(i).perSecond());
    }
    table.row(
        new Table.Row("%,d tokens: requests/s; p50 / p99, ms; errors".formatted(FEW))
            .with(Variant.GATEHOUSE, text(few)));
    table.row(
        new Table.Row("%,d tokens: the same".formatted(plan.storedTokens()))
            .with(Variant.GATEHOUSE, text(many)));
    Spread ratio = Spread.of(ratios);
    table.row(
        new Table.Row("requests/s with many against few, same round")
            .with(Variant.GATEHOUSE, ratio.text("%.2f"))
            .goal(new Goal("does not fall with the number: ≥ 0.9", 0.9, true), ratio.median()));
  }

  private static String text(List<Load> loads) {
    return Spread.of(loads.stream().map(Load::perSecond).toList()).middle("%,.0f/s")
        + "; "
        + Spread.of(loads.stream().map(load -> load.p50Micros() / 1e3).toList()).middle("%.2f")
        + " / "
        + Spread.of(loads.stream().map(load -> load.p99Micros() / 1e3).toList()).middle("%.2f")
        + "; "
        + loads.stream().mapToLong(Load::errors).sum();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
