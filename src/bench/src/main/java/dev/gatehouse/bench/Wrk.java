package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** The load generator wrk with a script that creates the tokens. */
final class Wrk implements LoadGenerator {

  private static final String RESULT = "RESULT ";

  private final Path script;

  Wrk() throws IOException {
    script = Files.createTempFile("gatehouse-bench-", ".lua");
    script.toFile().deleteOnExit();
    try (InputStream lua =
        Objects.requireNonNull(Wrk.class.getResourceAsStream("wrk.lua"), "wrk.lua")) {
      Files.write(script, lua.readAllBytes());
    }
  }

  static boolean isInstalled() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "wrk")));
  }

  @Override
  public String name() {
    return "wrk";
  }

  @Override
  public Load run(int port, Requests requests, Duration time) throws IOException {
    List<String> command =
        List.of(
            "wrk",
            "-t1",
            "-c" + CONNECTIONS,
            "-d" + time.toSeconds() + "s",
            "-s" + script,
            "http://127.0.0.1:" + port,
            "--",
            requests.before(),
            Long.toString(requests.count()),
            requests.after());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return output
        .lines()
        .filter(line -> line.startsWith(RESULT))
        .map(line -> read(line.substring(RESULT.length())))
        .findAny()
        .orElseThrow(() -> new IOException("unexpected output of wrk: " + output));
  }

  private static Load read(String line) {
    String[] number = line.split(" ", -1);
    return new Load(
        Long.parseLong(number[0]),
        Double.parseDouble(number[1]) / 1e6,
        Double.parseDouble(number[2]),
        Double.parseDouble(number[3]),
        Long.parseLong(number[4]));
  }
}
