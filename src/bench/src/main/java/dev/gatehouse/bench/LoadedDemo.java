package dev.gatehouse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/** The demo in its own process, as users start it, with honest callers. */
final class LoadedDemo implements AutoCloseable {

  private static final Path JAR = Path.of("demo-mcp-server", "target", "gatehouse-demo.jar");
  private static final Pattern READY =
      Pattern.compile(" listens at http://127\\.0\\.0\\.1:(\\d+)/");
  private static final int CALLERS = 8;

  /** At this pace, the callers together use a small part of a processor. */
  static final Duration PACE = Duration.ofMillis(50);

  /** Enough requests for the compiler to notice. */
  static final Duration WARM_UP_PACE = Duration.ofMillis(10);

  private final Child process;
  private final List<PacedCaller> callers = new ArrayList<>();
  private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);

  private LoadedDemo(Child process) {
    this.process = process;
  }

  /** Starts the demo; it uses its own authorization server. */
  static LoadedDemo start() throws IOException {
    LoadedDemo demo = new LoadedDemo(Child.start(command(), READY));
    try {
      for (int i = 0; i < CALLERS; i++) {
        demo.callers.add(new PacedCaller(demo.port()).prepare());
      }
      return demo;
    } catch (IOException e) {
      demo.close();
      throw e;
    }
  }

  private static ProcessBuilder command() throws IOException {
    if (!Files.isReadable(JAR)) {
      throw new IOException(JAR + " does not exist; src/bench/run builds it");
    }
    ProcessBuilder command =
        new ProcessBuilder(
            Child.OWN_JAVA.resolve("bin/java").toString(),
            "-jar",
            JAR.toString(),
            "--port",
            "0",
            "--stop-with-parent");
    command.environment().put("GATEHOUSE_EVICTION_PATH", SlowAttack.EVICTIONS);
    command.environment().put("GATEHOUSE_EVICTION_SECRET", "eviction-secret-of-the-benchmark");
    // It logs each refusal.
    return command.redirectError(ProcessBuilder.Redirect.DISCARD);
  }

  int port() {
    return process.port();
  }

  /** A token that the filter admits. */
  String token() {
    return callers.get(0).token();
  }

  /** The result of a measurement: of the honest callers, and the processor time of the demo. */
  record Turn(Load load, double cpuPercent) {}

  /** A measurement that runs. */
  interface Measurement {
    Turn await() throws IOException, InterruptedException;
  }

  /** Starts the honest callers for this time, at this pace. */
  Measurement measure(Duration time, Duration pace) {
    Duration cpu = process.cpu();
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    List<Future<int[]>> running = new ArrayList<>();
    for (PacedCaller caller : callers) {
      long first = begin + pace.toNanos() * running.size() / CALLERS;
      running.add(threads.submit(() -> caller.run(pace, first, end)));
    }
    return () -> {
      List<int[]> micros = new ArrayList<>();
      try {
        for (Future<int[]> each : running) {
          micros.add(each.get());
        }
      } catch (ExecutionException e) {
        throw new IOException("a caller failed", e.getCause());
      }
      double seconds = (System.nanoTime() - begin) / 1e9;
      double used = process.cpu().minus(cpu).toNanos() / 1e9;
      return new Turn(load(micros, seconds), 100 * used / seconds);
    };
  }

  private Load load(List<int[]> micros, double seconds) {
    int[] sorted = micros.stream().flatMapToInt(Arrays::stream).sorted().toArray();
    return new Load(
        sorted.length,
        seconds,
        sorted[sorted.length / 2],
        sorted[(int) (sorted.length * 0.99)],
        callers.stream().mapToInt(PacedCaller::errors).sum());
  }

  /** The demo does not stop with its input, so it is killed, or ends after this process. */
  @Override
  public void close() {
    threads.shutdownNow();
    process.kill();
  }
}
