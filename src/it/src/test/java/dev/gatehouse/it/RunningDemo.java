package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The demo as it is handed out: its runnable jar, in a process of its own, on a free port. */
final class RunningDemo implements AutoCloseable {
  private static final String BEFORE_ITS_ADDRESS = "curl -i ";
  private static final String LAST_LINE = "Ctrl-C stops it.";
  private static final int GIVE_UP_SECONDS = 60;

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
      endpoint = addressOnceUp();
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  static RunningDemo start() throws IOException {
    return new RunningDemo();
  }

  private String addressOnceUp() throws IOException {
    BufferedReader out = process.inputReader(UTF_8);
    CompletableFuture<Boolean> up = new CompletableFuture<>();
    // What a process that has been ended prints is at its end too.
    var unused =
        up.orTimeout(GIVE_UP_SECONDS, TimeUnit.SECONDS)
            .exceptionally(late -> process.toHandle().destroyForcibly());
    String address = "";
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith(BEFORE_ITS_ADDRESS)) {
        address = line.substring(BEFORE_ITS_ADDRESS.length());
      }
      if (line.equals(LAST_LINE)) {
        up.complete(true);
        return address;
      }
    }
    throw new AssertionError("the demo did not start: " + log());
  }

  /** The MCP endpoint: the resource that tokens are for. */
  String endpoint() {
    return endpoint;
  }

  String issuer() {
    return endpoint.substring(0, endpoint.length() - "/mcp".length());
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  /** Stops it before its time. */
  void stop() throws IOException {
    close();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(GIVE_UP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(log);
  }
}
