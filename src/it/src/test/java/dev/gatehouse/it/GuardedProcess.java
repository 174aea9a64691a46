package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@link GuardedServer} in its process, seen from here. */
final class GuardedProcess implements AutoCloseable {
  static final String READY = "listening on ";
  static final String HEAP = "heap";
  static final String METRICS = "metrics";
  static final String WRITTEN = "written";
  private static final int GIVE_UP_SECONDS = 30;

  /** Against a process that hangs: a heap dump takes a while. */
  private static final int LONGEST_STEP_SECONDS = 300;

  private final Process process;
  private final BufferedReader out;
  private final Path folder;
  private final int port;

  /** Settings come by file, so that neither arguments nor environment hold a secret. */
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
    port = Integer.parseInt(lineThatBeginsWith(READY));
  }

  static GuardedProcess start(Path folder, List<String> settings) throws IOException {
    return new GuardedProcess(folder, settings);
  }

  private String lineThatBeginsWith(String beginning) throws IOException {
    CompletableFuture<Boolean> found = new CompletableFuture<>();
    // What a process that has been ended prints is at its end too.
    var unused =
        found
            .orTimeout(LONGEST_STEP_SECONDS, TimeUnit.SECONDS)
            .exceptionally(late -> process.toHandle().destroyForcibly());
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(beginning)) {
        found.complete(true);
        return line.substring(beginning.length());
      }
    }
    throw new AssertionError("the server has ended: " + Files.readString(errors()));
  }

  int port() {
    return port;
  }

  /** All that it has logged. */
  Path log() {
    return folder.resolve("server.log");
  }

  /** And what went to standard error. */
  Path errors() {
    return folder.resolve("server.err");
  }

  /** Writes all that its heap holds alive into a new file. */
  Path heapDump() throws IOException {
    return write(HEAP);
  }

  /** Writes its meters and what JMX shows into a new file. */
  Path metrics() throws IOException {
    return write(METRICS);
  }

  private Path write(String what) throws IOException {
    Path file = folder.resolve(what + ".hprof"); // the JVM takes no other ending
    process.outputWriter(UTF_8).append(what + '\n' + file + '\n').flush();
    lineThatBeginsWith(WRITTEN);
    return file;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(GIVE_UP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
