package dev.gatehouse.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;

/** Payara Micro in a separate process, on a loopback port. */
@NullMarked
final class PayaraMicro implements AutoCloseable {

  /** Follows the deployment of all applications, whether they have started or not. */
  private static final String READY = "Payara Micro URLs";

  private static final int TIMEOUT_SECONDS = 300;

  private final Process process;
  private final Path log;
  private final int port;

  /**
   * Starts Payara and waits until it has deployed all applications.
   *
   * @param folder for its log and its domain
   * @param applications WAR files; the context path of each is its name
   */
  PayaraMicro(Path folder, List<Path> applications) throws Exception {
    log = folder.resolve("payara.log");
    port = freePort();
    Path preBoot =
        Files.writeString(
            folder.resolve("pre-boot"),
            "set configs.config.server-config.network-config.network-listeners"
                + ".network-listener.http-listener.address=127.0.0.1\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-jar",
                Setting.of("payara.jar"),
                "--nohazelcast",
                "--disablephonehome",
                "--prebootcommandfile",
                preBoot.toString(),
                "--rootdir",
                folder.resolve("domain").toString(),
                "--port",
                Integer.toString(port)));
    applications.forEach(
        application -> command.addAll(List.of("--deploy", application.toString())));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("GATEHOUSE_"));
    process = builder.start();
    awaitReady();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady() throws Exception {
    for (int i = 0; i < TIMEOUT_SECONDS * 10; i++) {
      if (log().contains(READY)) {
        return;
      }
      if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("Payara has exited: " + log());
      }
    }
    throw new AssertionError("Payara is not ready: " + log());
  }

  String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  /** Everything that Payara and the applications have written so far. */
  String log() throws IOException {
    return Files.exists(log) ? Files.readString(log) : "";
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
