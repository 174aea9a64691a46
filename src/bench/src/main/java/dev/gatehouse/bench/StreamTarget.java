package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** Starts {@link StreamServer} in a separate process and controls it. */
final class StreamTarget implements AutoCloseable {

  /** Jetty's buffers of open responses are outside the heap. */
  private static final List<String> OPTIONS =
      List.of("-Xmx1g", "-XX:MaxDirectMemorySize=4g", "-XX:+UseSerialGC");

  private final Child process;

  private StreamTarget(Child process) {
    this.process = process;
  }

  /**
   * What the server reports.
   *
   * @param threads their number
   * @param peakThreads the highest number since it was reset
   * @param heap the live bytes, or -1 if they were not requested
   * @param open the streams that the servlet has
   */
  record Figures(int threads, int peakThreads, long heap, int open) {}

  static StreamTarget start(Variant variant, Stub stub) throws IOException {
    return new StreamTarget(
        Child.start(
            Child.OWN_JAVA,
            OPTIONS,
            StreamServer.class,
            variant.name(),
            Integer.toString(stub.port())));
  }

  int port() {
    return process.port();
  }

  /** Sends a command and waits until the server has carried it out. */
  Figures send(StreamServer.Command command) throws IOException {
    URI uri =
        URI.create(
            "http://127.0.0.1:" + port() + "/control?" + command.name().toLowerCase(Locale.ROOT));
    try (InputStream in = uri.toURL().openStream()) {
      String[] figures = new String(in.readAllBytes(), US_ASCII).split(" ", -1);
      return new Figures(
          Integer.parseInt(figures[0]),
          Integer.parseInt(figures[1]),
          Long.parseLong(figures[2]),
          Integer.parseInt(figures[3]));
    }
  }

  /** Sends a command in another thread. */
  CompletableFuture<Figures> sendMeanwhile(StreamServer.Command command) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return send(command);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public void close() {
    process.close();
  }
}
