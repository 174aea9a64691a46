package dev.gatehouse.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A separate JVM for one server, so that its cost can be measured separately. It prints its port
 * and exits when its standard input ends, which also happens if this process exits.
 */
final class Child implements AutoCloseable {

  /** The home of the JDK that runs this process. */
  static final Path OWN_JAVA = Path.of(System.getProperty("java.home"));

  private static final String READY = "listening on ";
  private static final Pattern READY_LINE = Pattern.compile("^" + READY + "(\\d+)$");

  private final Process process;
  private final int port;

  private Child(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a server and waits until it listens. */
  static Child start(Path javaHome, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    return awaitReady(process(javaHome, options, main, arguments), READY_LINE);
  }

  /**
   * Starts any server and waits until it listens. It need not stop when its input ends: kill it.
   *
   * @param ready finds the port, its first group, in the line that shows that the server listens
   */
  static Child start(ProcessBuilder command, Pattern ready) throws IOException {
    return awaitReady(command.start(), ready);
  }

  private static Child awaitReady(Process process, Pattern ready) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher port = ready.matcher(line);
      if (port.find()) {
        return new Child(process, Integer.parseInt(port.group(1)));
      }
      System.err.println(line);
    }
    throw new IOException("a server exited before it listened");
  }

  /** Runs a program to its end and returns its output. */
  static String output(Path javaHome, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    Process process = process(javaHome, options, main, arguments);
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() == 0) {
        return text.strip();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    throw new IOException(main.getSimpleName() + " failed: " + text);
  }

  private static Process process(
      Path javaHome, List<String> options, Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin/java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Prints the port and waits for the end of the input; the child calls this when it listens. */
  static void awaitEnd(int port) {
    System.out.println(READY + port);
    try {
      while (System.in.read() >= 0) {
        // There is no input: only its end matters.
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().halt(0);
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** The processor time of all threads since the start of the process. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** A value from {@code /proc/PID/status}, in the unit used there; -1 if there is no such file. */
  long status(String name) throws IOException {
    Path status = Path.of("/proc", Long.toString(pid()), "status");
    if (!Files.isReadable(status)) {
      return -1;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith(name + ":")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return -1;
  }

  /** Kills the process and waits until it has ended. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends a POSIX signal, such as {@code STOP}. */
  void signal(String name) throws IOException {
    try {
      int status =
          new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (status != 0) {
        throw new IOException("kill -" + name + " failed: " + status);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
