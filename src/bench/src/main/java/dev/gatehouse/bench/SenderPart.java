package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Compares HTTP clients for introspection requests, each with the same interface and limits. */
final class SenderPart {

  private static final List<Integer> AT_ONCE = List.of(1, 16, 64);
  private static final List<Integer> DELAYS_MICROS = List.of(0, 2000);
  private static final List<String> OPTIONS = List.of("-Xmx256m", "-XX:+UseSerialGC");

  private final Plan plan;
  private final Stub stub;
  private final Map<SenderKind, Child> clients = new EnumMap<>(SenderKind.class);

  SenderPart(Plan plan, Stub stub) {
    this.plan = plan;
    this.stub = stub;
  }

  /** Measures all clients and returns a table in Markdown. */
  String run() throws IOException {
    try {
      for (SenderKind kind : SenderKind.values()) {
        clients.put(
            kind,
            Child.start(
                Child.OWN_JAVA,
                OPTIONS,
                SenderClient.class,
                kind.name(),
                Integer.toString(stub.port())));
      }
      stub.delay(0);
      for (Child client : clients.values()) {
        measure(client, 16, plan.warmUp().toMillis());
      }
      StringBuilder table =
          new StringBuilder(
              """
              | at once | ms away | client | exchanges/s | CPU, µs | p50, µs | p99, µs | bytes |
              | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |
              """);
      for (int delay : DELAYS_MICROS) {
        for (int atOnce : AT_ONCE) {
          addRows(table, delay, atOnce);
        }
      }
      return table.toString();
    } finally {
      clients.values().forEach(Child::close);
    }
  }

  private void addRows(StringBuilder table, int delayMicros, int atOnce) throws IOException {
    Map<SenderKind, List<double[]>> figures = new EnumMap<>(SenderKind.class);
    stub.delay(delayMicros);
    for (int round = 0; round < plan.rounds(); round++) {
      for (Map.Entry<SenderKind, Child> client : clients.entrySet()) {
        double[] row = measure(client.getValue(), atOnce, plan.window().toMillis());
        figures.computeIfAbsent(client.getKey(), kind -> new ArrayList<>()).add(row);
      }
    }
    Progress.dot();
    figures.forEach(
        (kind, rows) ->
            table.append(
                String.format(
                    Locale.ROOT,
                    "| %d | %d | %s | %s | %s | %s | %s | %s |%n",
                    atOnce,
                    delayMicros / 1000,
                    kind.title(),
                    median(rows, 0, "%,.0f"),
                    spread(rows, 1).text("%.1f"),
                    median(rows, 2, "%,.0f"),
                    median(rows, 3, "%,.0f"),
                    median(rows, 4, "%,.0f"))));
  }

  private static String median(List<double[]> rows, int column, String format) {
    return spread(rows, column).medianText(format);
  }

  private static Spread spread(List<double[]> rows, int column) {
    return Spread.of(rows.stream().mapToDouble(row -> row[column]).toArray());
  }

  private static double[] measure(Child client, int atOnce, long millis) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + client.port() + "/" + atOnce + "/" + millis);
    try (InputStream in = uri.toURL().openStream()) {
      String row = new String(in.readAllBytes(), US_ASCII);
      return Arrays.stream(row.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
    }
  }
}
