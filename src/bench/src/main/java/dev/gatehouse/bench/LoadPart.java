package dev.gatehouse.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Load on Jetty. All variants run at once, each in its own JVM, and take turns within each round,
 * so that other activity of the machine affects all of them.
 */
final class LoadPart implements AutoCloseable {

  private static final List<String> SERVER_OPTIONS = List.of("-Xms768m", "-Xmx768m");

  private final Plan plan;
  private final LoadGenerator generator;
  private final Stub stub;
  private final Map<Variant, Child> servers = new EnumMap<>(Variant.class);
  private int measurement;

  private LoadPart(Plan plan, LoadGenerator generator, Stub stub) {
    this.plan = plan;
    this.generator = generator;
    this.stub = stub;
  }

  /**
   * Starts a server for each variant.
   *
   * @param threads {@link ServerUnderTest#PLATFORM} or {@link ServerUnderTest#VIRTUAL}
   */
  static LoadPart start(
      Plan plan, LoadGenerator generator, Stub stub, Path javaHome, String threads)
      throws IOException {
    LoadPart part = new LoadPart(plan, generator, stub);
    try {
      for (Variant variant : Variant.values()) {
        part.servers.put(
            variant,
            Child.start(
                javaHome,
                SERVER_OPTIONS,
                ServerUnderTest.class,
                variant.name(),
                Integer.toString(stub.port()),
                threads));
      }
      return part;
    } catch (IOException e) {
      part.close();
      throw e;
    }
  }

  /** The servers, for use by other parts. */
  Map<Variant, Child> servers() {
    return servers;
  }

  /** Measures one case. */
  LoadFigures measure(LoadCase load) throws IOException {
    for (Variant variant : Variant.values()) {
      warmUp(variant, load);
    }
    LoadFigures figures = new LoadFigures(load);
    List<Variant> order = new ArrayList<>(List.of(Variant.values()));
    for (int round = 0; round < plan.rounds(); round++) {
      Map<Variant, LoadSample> samples = new EnumMap<>(Variant.class);
      for (Variant variant : order) {
        samples.put(variant, window(variant, load, plan.window()));
      }
      figures.add(samples);
      order.add(order.remove(0)); // so that no variant always follows the same one
      Progress.dot();
    }
    return figures;
  }

  /** Sends until every token is cached. Each attempt gets further than the previous one. */
  private void warmUp(Variant variant, LoadCase load) throws IOException {
    for (int attempt = 0; attempt < 4; attempt++) {
      long requests = window(variant, load, plan.warmUp()).load().requests();
      if (load.newTokens() || requests > load.tokens()) {
        return;
      }
    }
  }

  private LoadSample window(Variant variant, LoadCase load, Duration time) throws IOException {
    Child server = servers.get(variant);
    if (server == null) {
      throw new IllegalStateException("no server for " + variant);
    }
    stub.delay(load.delayMicros());
    Requests requests = Requests.pings(server.port(), load.tokensOf(measurement++));
    Duration cpuBefore = server.cpu();
    Load measured = generator.run(server.port(), requests, time);
    Duration cpu = server.cpu().minus(cpuBefore);
    return new LoadSample(
        measured, cpu, stub.counts(), server.status("Threads"), server.status("VmRSS") / 1024);
  }

  @Override
  public void close() {
    servers.values().forEach(Child::close);
  }
}
