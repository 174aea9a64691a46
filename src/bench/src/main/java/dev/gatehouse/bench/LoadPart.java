package dev.gatehouse.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Load on Jetty. All variants are up at once, each in its own JVM, and take turns within each
 * round, so that whatever else the machine does meets them all.
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

  /** The servers, for other measurements on them. */
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
      order.add(order.remove(0)); // nobody always comes after the same neighbour
      Progress.dot();
    }
    return figures;
  }

  /** Until each token has come by, so that a hit is a hit; each try gets further than the last. */
  private void warmUp(Variant variant, LoadCase load) throws IOException {
    for (int tries = 0; tries < 4; tries++) {
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
    Load seen = generator.run(server.port(), requests, time);
    Duration cpu = server.cpu().minus(cpuBefore);
    return new LoadSample(
        seen, cpu, stub.counts(), server.status("Threads"), server.status("VmRSS") / 1024);
  }

  @Override
  public void close() {
    servers.values().forEach(Child::close);
  }
}
