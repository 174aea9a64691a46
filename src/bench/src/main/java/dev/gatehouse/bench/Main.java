package dev.gatehouse.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs all benchmarks or the named parts, and prints one table.
 *
 * <pre>
 * src/bench/run [--quick] [--only=jmh,load,memory,virtual,endpoint,sender,slow,streams,soak]
 *     [--jmh=REGEX] [--slow=REGEX] [--minutes=N]
 * </pre>
 */
public final class Main {

  /** The variable with the home of a newer JDK, for the part with virtual threads. */
  private static final String NEWER_JAVA = "BENCH_NEWER_JAVA_HOME";

  private enum Part {
    JMH,
    LOAD,
    MEMORY,
    VIRTUAL,
    ENDPOINT,
    SENDER,
    SLOW,
    STREAMS,
    /** Not a measurement, so it runs only if named. */
    SOAK
  }

  private final Plan plan;
  private final String jmhInclude;
  private final String slowInclude;
  private final Duration soak;
  private final LoadGenerator generator;
  private final Table table = new Table();

  private final StringBuilder ownTables = new StringBuilder();
  private boolean soakPassed = true;

  private Main(
      Plan plan, String jmhInclude, String slowInclude, Duration soak, LoadGenerator generator) {
    this.plan = plan;
    this.soak = soak;
    this.jmhInclude = jmhInclude;
    this.slowInclude = slowInclude;
    this.generator = generator;
  }

  /** Prints the table to standard output and the progress to standard error. */
  public static void main(String[] args) throws IOException, RunnerException {
    List<String> options = List.of(args);
    Plan plan = options.contains("--quick") ? Plan.quick() : Plan.full();
    String minutes = value(options, "--minutes=", options.contains("--quick") ? "0.5" : "5");
    Duration soak = Duration.ofMillis((long) (Double.parseDouble(minutes) * 60_000));
    Main main =
        new Main(
            plan,
            value(options, "--jmh=", "."),
            value(options, "--slow=", "."),
            soak,
            LoadGenerator.best());
    long start = System.nanoTime();
    main.run(parts(value(options, "--only=", "")));
    System.out.println(main.about(options, (System.nanoTime() - start) / 1_000_000_000));
    if (!main.table.isEmpty()) {
      System.out.println(main.table.markdown());
    }
    System.out.println(main.ownTables);
    if (!main.soakPassed) {
      System.err.println("The soak got wrong responses.");
      System.exit(1);
    }
  }

  private static String value(List<String> options, String name, String defaultValue) {
    for (String option : options) {
      if (option.startsWith(name)) {
        return option.substring(name.length());
      }
      if (!option.equals("--quick")
          && !option.startsWith("--only=")
          && !option.startsWith("--jmh=")
          && !option.startsWith("--slow=")
          && !option.startsWith("--minutes=")) {
        throw new IllegalArgumentException(
            option
                + ": unknown option; write --quick, --only=PARTS, --jmh=REGEX, --slow=REGEX or"
                + " --minutes=N");
      }
    }
    return defaultValue;
  }

  private static Set<Part> parts(String names) {
    if (names.isEmpty()) {
      return EnumSet.complementOf(EnumSet.of(Part.SOAK));
    }
    EnumSet<Part> parts = EnumSet.noneOf(Part.class);
    for (String name : names.split(",", -1)) {
      try {
        parts.add(Part.valueOf(name.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "--only: unknown part " + name + "; write some of " + Arrays.toString(Part.values()),
            e);
      }
    }
    return parts;
  }

  private void run(Set<Part> parts) throws IOException, RunnerException {
    try (Stub stub = Stub.start()) {
      for (Part part : parts) {
        Progress.step(part.name().toLowerCase(Locale.ROOT));
        switch (part) {
          case JMH -> new JmhPart(plan, stub).run(table, jmhInclude);
          case LOAD -> load(stub, Child.OWN_JAVA, ServerUnderTest.PLATFORM, ownJdk());
          case MEMORY -> new MemoryPart(plan, stub).run(table);
          case VIRTUAL -> virtual(stub);
          case ENDPOINT -> new EndpointPart(plan, generator).run(table);
          case SENDER -> ownTables.append(new SenderPart(plan, stub).run()).append('\n');
          case SLOW -> slow();
          case STREAMS -> new StreamsPart(plan, stub).run(table);
          case SOAK -> soakPassed = new SoakPart(soak).run();
        }
      }
    }
    System.err.println();
  }

  private void slow() throws IOException {
    ownTables.append(new SlowPart(plan, slowInclude).run()).append('\n');
  }

  private void load(Stub stub, Path javaHome, String threads, String jdk) throws IOException {
    String where = "Jetty, %s, %s threads".formatted(jdk, threads);
    try (LoadPart load = LoadPart.start(plan, generator, stub, javaHome, threads)) {
      for (LoadCase each : LoadCase.ALL) {
        load.measure(each).addTo(table, where);
      }
      new BurstPart(plan, stub).run(table, where, load.servers());
    }
  }

  private void virtual(Stub stub) throws IOException {
    String home = System.getenv(NEWER_JAVA);
    if (home == null || !Files.isExecutable(Path.of(home, "bin", "java"))) {
      table.part("Virtual threads: skipped, because " + NEWER_JAVA + " names no JDK");
      return;
    }
    load(stub, Path.of(home), ServerUnderTest.VIRTUAL, jdk(Path.of(home)));
  }

  private static String ownJdk() {
    return "JDK " + System.getProperty("java.version");
  }

  /** The version in the release file of the JDK. */
  private static String jdk(Path home) throws IOException {
    try (var lines = Files.lines(home.resolve("release"))) {
      return lines
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> "JDK " + line.replaceAll("[^0-9.]", ""))
          .findFirst()
          .orElse("JDK in " + NEWER_JAVA);
    }
  }

  private String about(List<String> options, long seconds) {
    return """
        %s, %d cores, %s, load by %s, %d rounds; `%s` took %d min %d s
        """
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            Runtime.getRuntime().availableProcessors(),
            ownJdk(),
            generator.name(),
            plan.rounds(),
            String.join(" ", "src/bench/run", String.join(" ", options)).strip(),
            seconds / 60,
            seconds % 60);
  }
}
