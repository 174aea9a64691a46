package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The runnable jar of the demo in a separate process, on a free port. */
final class RunningDemo implements AutoCloseable {
  private static final String ADDRESS_PREFIX = "curl -i ";
  private static final String LAST_LINE = "Ctrl-C stops the demo.";
  private static final int TIMEOUT_SECONDS = 60;

  private final Process process;
  private final Path log;
  private final String endpoint;

  private RunningDemo() throws IOException {
    log = Files.createTempFile("gatehouse-demo", ".log");
    ProcessBuilder command =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Setting.of("demo.jar"),
                "--port",
                "0")
            .redirectError(log.toFile());
    command.environment().keySet().removeIf(name -> name.startsWith("GATEHOUSE_"));
    process = command.start();
    try {
      endpoint = awaitAddress();
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  static RunningDemo start() throws IOException {
    return new RunningDemo();
  }

  private String awaitAddress() throws IOException {
    BufferedReader out = process.inputReader(UTF_8);
    CompletableFuture<Boolean> started = new CompletableFuture<>();
    // Killing the process also ends the output that is read below.
    var unused =
        started
            .orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS)
            .exceptionally(timeout -> process.toHandle().destroyForcibly());
    String address = "";
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(ADDRESS_PREFIX)) {
        address = line.substring(ADDRESS_PREFIX.length());
      }
      if (line.equals(LAST_LINE)) {
        started.complete(true);
        return address;
      }
    }
    throw new AssertionError("the demo did not start: " + log());
  }

  /** The URI of the MCP endpoint, which is the audience of the tokens. */
  String endpoint() {
    return endpoint;
  }

  String issuer() {
    return endpoint.substring(0, endpoint.length() - "/mcp".length());
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** Stops the demo before the end of the test. */
  void stop() throws IOException {
    close();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(log);
  }
}
