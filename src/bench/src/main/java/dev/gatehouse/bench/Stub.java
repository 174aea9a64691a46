package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The introspection stub in its own process, seen from here. */
final class Stub implements AutoCloseable {

  private static final Pattern ANSWER =
      Pattern.compile(
          "\\{\"asked\":(\\d+),\"lastAnswerNanos\":(-?\\d+),\"meanDelayNanos\":(\\d+)}");

  private final Child process;

  private Stub(Child process) {
    this.process = process;
  }

  /**
   * What it has counted since its delay was set.
   *
   * @param asked introspections
   * @param lastAnswerNanos when it began to write the last answer, by the clock of {@link
   *     System#nanoTime} that all processes of a Linux machine share
   * @param meanDelayNanos between reading a request and writing its answer
   */
  record Counts(long asked, long lastAnswerNanos, long meanDelayNanos) {}

  static Stub start() throws IOException {
    return startAt(0);
  }

  /** On a port of which is known that nobody has it; 0 for any. */
  static Stub startAt(int port) throws IOException {
    return new Stub(
        Child.start(
            Child.OWN_JAVA, List.of("-Xmx128m"), IntrospectionStub.class, Integer.toString(port)));
  }

  int port() {
    return process.port();
  }

  /** Sets the delay and begins to count anew. */
  void delay(long micros) throws IOException {
    ask("?delay-micros=" + micros);
  }

  Counts counts() throws IOException {
    return ask("");
  }

  private Counts ask(String query) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + port() + "/control" + query);
    try (InputStream in = uri.toURL().openStream()) {
      String text = new String(in.readAllBytes(), US_ASCII);
      Matcher answer = ANSWER.matcher(text);
      if (!answer.matches()) {
        throw new IOException("the stub says: " + text);
      }
      return new Counts(
          Long.parseLong(answer.group(1)),
          Long.parseLong(answer.group(2)),
          Long.parseLong(answer.group(3)));
    }
  }

  /** Ends it at once: its connections are reset. */
  void kill() {
    process.kill();
  }

  /** Sends it a signal of POSIX, such as {@code STOP}. */
  void signal(String name) throws IOException {
    process.signal(name);
  }

  @Override
  public void close() {
    process.close();
  }
}
