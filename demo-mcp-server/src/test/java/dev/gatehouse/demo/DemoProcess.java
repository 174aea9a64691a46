package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The runnable jar in a separate process. */
final class DemoProcess implements AutoCloseable {

  /** Ends a process that hangs; far more than any test needs. */
  static final int TIMEOUT_SECONDS = 60;

  private final Process process;
  private final BufferedReader out;
  private final Path err;
  private final CompletableFuture<DemoProcess> ready = new CompletableFuture<>();
  private final List<String> printed = new ArrayList<>();

  private DemoProcess(List<String> command, Map<String, String> environment) throws IOException {
    err = Files.createTempFile("gatehouse-demo", ".err");
    var builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("GATEHOUSE_"));
    builder.environment().putAll(environment);
    process = builder.start();
    out = process.inputReader(UTF_8);
  }

  private static List<String> java(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", jar()));
    command.addAll(List.of(options));
    return command;
  }

  private static String jar() {
    String jar = System.getProperty("demo.jar");
    if (jar == null) {
      throw new AssertionError(
          "demo.jar is not set: run this test with mvn verify, which builds the jar");
    }
    return jar;
  }

  /** Starts the demo and waits until it has printed its start text. */
  static DemoProcess started(String... options) throws IOException {
    return started(Map.of(), options);
  }

  /** Starts the demo with these environment variables and waits for its start text. */
  static DemoProcess started(Map<String, String> environment, String... options)
      throws IOException {
    return started(java(options), environment);
  }

  /** Starts the demo from a shell, which remains its parent and waits for it. */
  static DemoProcess startedByShell(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" & wait", "sh"));
    command.addAll(java(options));
    return started(command, Map.of());
  }

  private static DemoProcess started(List<String> command, Map<String, String> environment)
      throws IOException {
    var demo = new DemoProcess(command, environment);
    var unused = demo.ready.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).exceptionally(demo::end);
    for (String line = demo.out.readLine(); line != null; line = demo.out.readLine()) {
      demo.printed.add(line);
      if (line.equals("Ctrl-C stops the demo.")) {
        demo.ready.complete(demo);
        return demo;
      }
    }
    String errors = demo.errors();
    demo.close();
    throw new AssertionError("the demo did not start: " + errors);
  }

  /** Runs the demo and waits for its end. */
  static DemoProcess ended(String... options) throws IOException, InterruptedException {
    var demo = new DemoProcess(java(options), Map.of());
    var unused = demo.ready.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).exceptionally(demo::end);
    demo.out.lines().forEach(demo.printed::add);
    demo.awaitEnd();
    demo.ready.complete(demo);
    return demo;
  }

  /** Kills a process that hangs, which also ends the output that the test reads. */
  private DemoProcess end(Throwable timeout) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
    return this;
  }

  /** Sends SIGTERM, as an operator or a container runtime does. Returns the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  /** Sends SIGKILL, so that the demo can't save anything. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitEnd();
  }

  private int awaitEnd() throws InterruptedException {
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the demo does not end");
    }
    return process.exitValue();
  }

  /** The process that the shell started. */
  ProcessHandle child() {
    return process.children().findFirst().orElseThrow();
  }

  int exitCode() {
    return process.exitValue();
  }

  List<String> printed() {
    return printed;
  }

  /** The only printed line that begins with the given text. */
  String line(String beginning) {
    List<String> found = printed.stream().filter(line -> line.startsWith(beginning)).toList();
    if (found.size() != 1) {
      throw new AssertionError(
          "expected exactly one line that begins with " + beginning + " in " + printed);
    }
    return found.get(0);
  }

  String errors() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(err);
  }
}
