package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Starts {@link IntrospectionStub} in a separate process and controls it. */
final class Stub implements AutoCloseable {

  private static final Pattern COUNTS =
      Pattern.compile(
          "\\{\"introspections\":(\\d+),\"lastResponseNanos\":(-?\\d+),\"meanDelayNanos\":(\\d+)}");

  private final Child process;

  private Stub(Child process) {
    this.process = process;
  }

  /**
   * The counters since the delay was set.
   *
   * @param introspections the number of introspection requests
   * @param lastResponseNanos the start of the last response, by {@link System#nanoTime}, which is
   *     the same clock for all processes on Linux
   * @param meanDelayNanos the mean time between reading a request and writing its response
   */
  record Counts(long introspections, long lastResponseNanos, long meanDelayNanos) {}

  static Stub start() throws IOException {
    return startAt(0);
  }

  /** Starts the stub on a port that must be free; 0 selects a free port. */
  static Stub startAt(int port) throws IOException {
    return new Stub(
        Child.start(
            Child.OWN_JAVA, List.of("-Xmx128m"), IntrospectionStub.class, Integer.toString(port)));
  }

  int port() {
    return process.port();
  }

  /** Sets the delay and resets the counters. */
  void delay(long micros) throws IOException {
    control("?delay-micros=" + micros);
  }

  Counts counts() throws IOException {
    return control("");
  }

  private Counts control(String query) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + port() + "/control" + query);
    try (InputStream in = uri.toURL().openStream()) {
      String text = new String(in.readAllBytes(), US_ASCII);
      Matcher counts = COUNTS.matcher(text);
      if (!counts.matches()) {
        throw new IOException("unexpected response of the stub: " + text);
      }
      return new Counts(
          Long.parseLong(counts.group(1)),
          Long.parseLong(counts.group(2)),
          Long.parseLong(counts.group(3)));
    }
  }

  /** Kills the stub, which resets its connections. */
  void kill() {
    process.kill();
  }

  /** Sends a POSIX signal, such as {@code STOP}. */
  void signal(String name) throws IOException {
    process.signal(name);
  }

  @Override
  public void close() {
    process.close();
  }
}
