import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs all clients, each in its own JVM, against one stub server in another, interleaved over
 * several rounds, and prints the medians as a Markdown table.
 *
 * <p>{@code java Compare <rounds> <ms a run> <scheme,…> <concurrency,…> <delay,…> <client…>}
 */
final class Compare {

  private record Peer(Process process, PrintStream out, BufferedReader in) {
    String ask(String line) throws Exception {
      out.println(line);
      out.flush();
      return in.readLine();
    }
  }

  private Compare() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    String millis = arguments[1];
    List<String> clients = Arrays.asList(arguments).subList(5, arguments.length);
    Path keys =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "sender-bench-" + ProcessHandle.current().pid() + ".p12");
    Keys.make(keys);
    Peer server = start("StubServer", keys.toString());
    String[] ports = server.in.readLine().split(" ");
    Map<String, String> origins = new LinkedHashMap<>();
    origins.put("http", "http://127.0.0.1:" + ports[0]);
    origins.put("https", "https://127.0.0.1:" + ports[1]);
    origins.put("h2", "https://127.0.0.1:" + ports[2]);
    Map<String, Peer> peers = new LinkedHashMap<>();
    for (String client : clients) {
      peers.put(client, start("Client", client, keys.toString()));
    }
    try {
      System.out.println(
          "| server | at once | delay ms | client | exchanges/s | CPU µs | p50 µs | p99 µs | bytes | threads | errors | connections |");
      System.out.println(
          "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
      for (String scheme : arguments[2].split(",")) {
        for (Peer peer : peers.values()) { // warm up
          for (double seconds = 0, done = 0; seconds < 40 && done < 25_000; seconds += 3) {
            done +=
                3 * Double.parseDouble(peer.ask(origins.get(scheme) + "/0 16 3000").split(" ")[0]);
          }
        }
        for (String concurrency : arguments[3].split(",")) {
          for (String delay : arguments[4].split(",")) {
            Map<String, List<double[]>> figures = new LinkedHashMap<>();
            for (int round = 0; round <= rounds; round++) {
              for (var peer : peers.entrySet()) {
                server.ask("");
                String answer =
                    peer.getValue()
                        .ask(origins.get(scheme) + "/" + delay + " " + concurrency + " " + millis);
                double[] row =
                    Arrays.stream((answer + " " + server.ask("")).split(" "))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                if (round > 0) {
                  figures.computeIfAbsent(peer.getKey(), k -> new ArrayList<>()).add(row);
                }
              }
            }
            figures.forEach(
                (client, rows) ->
                    System.out.println(
                        "| "
                            + scheme
                            + " | "
                            + concurrency
                            + " | "
                            + delay
                            + " | "
                            + client
                            + " | "
                            + medians(rows)
                            + " |"));
          }
        }
      }
    } finally {
      peers.values().forEach(peer -> peer.process.destroy());
      server.process.destroy();
      keys.toFile().delete();
    }
  }

  private static String medians(List<double[]> rows) {
    List<String> cells = new ArrayList<>();
    for (int i = 0; i < rows.get(0).length; i++) {
      int column = i;
      double[] sorted = rows.stream().mapToDouble(row -> row[column]).sorted().toArray();
      cells.add(("%." + (i == 1 ? 1 : 0) + "f").formatted(sorted[sorted.length / 2]));
    }
    return String.join(" | ", cells);
  }

  private static Peer start(String main, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return new Peer(
        process,
        new PrintStream(process.getOutputStream()),
        new BufferedReader(new InputStreamReader(process.getInputStream())));
  }
}
