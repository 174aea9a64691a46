package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Starts {@link GuardedServer} in a separate process and controls it. */
final class GuardedProcess implements AutoCloseable {
  static final String READY = "listening on ";
  static final String HEAP = "heap";
  static final String METRICS = "metrics";
  static final String WRITTEN = "written";
  private static final int STOP_TIMEOUT_SECONDS = 30;

  /** Ends a process that hangs; long enough for a heap dump. */
  private static final int STEP_TIMEOUT_SECONDS = 300;

  private final Process process;
  private final BufferedReader out;
  private final Path folder;
  private final int port;

  /** Passes settings in a file, so that arguments and environment contain no secret. */
  private GuardedProcess(Path folder, List<String> settings) throws IOException {
    this.folder = folder;
    Path file = Files.write(folder.resolve("settings.properties"), settings);
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dlogback.configurationFile=everything-logged.xml",
                "-Dlog.file=" + log(),
                "-cp",
                System.getProperty("java.class.path"),
                GuardedServer.class.getName(),
                file.toString())
            .redirectError(errors().toFile());
    command.environment().keySet().removeIf(name -> name.startsWith("GATEHOUSE_"));
    process = command.start();
    out = process.inputReader(UTF_8);
    port = Integer.parseInt(awaitLine(READY));
  }

  static GuardedProcess start(Path folder, List<String> settings) throws IOException {
    return new GuardedProcess(folder, settings);
  }

  private String awaitLine(String beginning) throws IOException {
    CompletableFuture<Boolean> found = new CompletableFuture<>();
    // Killing the process also ends the output that is read below.
    var unused =
        found
            .orTimeout(STEP_TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .exceptionally(timeout -> process.toHandle().destroyForcibly());
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(beginning)) {
        found.complete(true);
        return line.substring(beginning.length());
      }
    }
    throw new AssertionError("the server has exited: " + Files.readString(errors()));
  }

  int port() {
    return port;
  }

  /** The log file. */
  Path log() {
    return folder.resolve("server.log");
  }

  /** The standard error output. */
  Path errors() {
    return folder.resolve("server.err");
  }

  /** Writes the live objects of the heap to a file. */
  Path heapDump() throws IOException {
    return write(HEAP);
  }

  /** Writes the meters and the JMX attributes to a file. */
  Path metrics() throws IOException {
    return write(METRICS);
  }

  private Path write(String what) throws IOException {
    Path file = folder.resolve(what + ".hprof"); // the JVM requires this extension
    process.outputWriter(UTF_8).append(what + '\n' + file + '\n').flush();
    awaitLine(WRITTEN);
    return file;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
