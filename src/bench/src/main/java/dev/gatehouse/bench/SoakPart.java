package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A mixed load for minutes while the authorization server is killed and restarted, or hangs, in
 * turn. No request may be admitted without a valid token or get 401 with one.
 */
final class SoakPart {

  private static final int CALLERS = 32;
  private static final Duration WARM_UP = Duration.ofSeconds(6);
  private static final String BREAKER_OPENED = "circuit breaker open for ";

  /** The resources of the idle server. */
  private record Resources(int threads, long heapBytes) {}

  private final Duration time;

  SoakPart(Duration time) {
    this.time = time;
  }

  /**
   * Runs the load and prints a table.
   *
   * @return whether all responses were correct
   */
  boolean run() throws IOException {
    Path log = Files.createTempFile("gatehouse-soak-", ".log");
    SoakCounts counts = new SoakCounts();
    try (SoakOutages outages = new SoakOutages();
        Child server =
            Child.start(
                Child.OWN_JAVA,
                List.of(
                    "-Xmx512m",
                    "-Dlogback.configurationFile=soak-logback.xml",
                    "-Dsoak.log=" + log),
                SoakServer.class,
                Integer.toString(outages.port()))) {
      load(server.port(), new SoakCounts(), end(WARM_UP), () -> {});
      Resources before = resources(server.port());
      long end = end(time);
      load(server.port(), counts, end, () -> outages.runUntil(end));
      Resources after = resources(server.port());
      System.out.println(counts.markdown());
      System.out.println(figures(counts, outages, openings(log), before, after));
      return counts.passed();
    } finally {
      Files.deleteIfExists(log);
    }
  }

  private static long end(Duration time) {
    return System.nanoTime() + time.toNanos();
  }

  /** An action during the load. */
  @FunctionalInterface
  private interface Action {
    void run() throws IOException, InterruptedException;
  }

  private static void load(int port, SoakCounts counts, long end, Action action)
      throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<?>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        SoakCaller caller = new SoakCaller(port, counts, i);
        callers.add(
            threads.submit(
                () -> {
                  caller.run(() -> System.nanoTime() < end);
                  return null;
                }));
      }
      action.run();
      for (Future<?> caller : callers) {
        caller.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a caller got no response", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Resources resources(int port) throws IOException {
    try (InputStream in =
        URI.create("http://127.0.0.1:" + port + "/resources").toURL().openStream()) {
      String[] numbers = new String(in.readAllBytes(), US_ASCII).split(" ", -1);
      return new Resources(Integer.parseInt(numbers[0]), Long.parseLong(numbers[1]));
    }
  }

  private static long openings(Path log) throws IOException {
    try (var lines = Files.lines(log)) {
      return lines.filter(line -> line.contains(BREAKER_OPENED)).count();
    }
  }

  private String figures(
      SoakCounts counts, SoakOutages outages, long openings, Resources before, Resources after)
      throws IOException {
    return String.format(
        Locale.ROOT,
        """
        | figure | at the start | at the end |
        | --- | ---: | ---: |
        | minutes | | %.1f |
        | requests | | %,d |
        | outages of the authorization server: killed, hung | | %d, %d |
        | introspections, except those before a kill | | %,d |
        | times the circuit breaker opened | | %d |
        | threads | %d | %d |
        | live heap, MiB | %.1f | %.1f |
        """,
        time.toMillis() / 60_000.0,
        counts.all(),
        outages.kills(),
        outages.hangs(),
        outages.introspections(),
        openings,
        before.threads,
        after.threads,
        before.heapBytes / 1048576.0,
        after.heapBytes / 1048576.0);
  }
}
