package dev.gatehouse.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * An authorization server in a process of its own, for which each token is active. While it is
 * suspended, the operating system goes on accepting connections.
 */
public final class SuspendableServer implements AutoCloseable {

  private static final String RESPONSE =
      "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"}";

  private final Process process;
  private final String introspectionEndpoint;
  private boolean suspended;

  private SuspendableServer(Process process, String introspectionEndpoint) {
    this.process = process;
    this.introspectionEndpoint = introspectionEndpoint;
  }

  /** Runs the server until the standard input ends. */
  public static void main(String[] args) throws IOException {
    try (FakeAuthorizationServer server = new FakeAuthorizationServer()) {
      server.introspection(FakeAuthorizationServer.json(200, RESPONSE));
      System.out.println(server.introspectionEndpoint());
      System.in.readAllBytes();
    }
  }

  public static SuspendableServer start() throws IOException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                SuspendableServer.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader output = process.inputReader(UTF_8);
    String endpoint = output.readLine();
    if (endpoint == null) {
      throw new IOException("the server has not started");
    }
    return new SuspendableServer(process, endpoint);
  }

  public String introspectionEndpoint() {
    return introspectionEndpoint;
  }

  /** Returns when no thread of the process runs any longer. */
  public void suspend() {
    if (!suspended) {
      signal("STOP");
      suspended = true;
    }
  }

  public void resume() {
    signal("CONT");
    suspended = false;
  }

  private void signal(String name) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
      if (!kill.waitFor(60, SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException("kill -" + name + " has failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
