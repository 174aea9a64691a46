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

/** The runnable jar in a process of its own. */
final class DemoProcess implements AutoCloseable {

  /** Against a process that hangs; none is expected to come near it. */
  static final int GIVE_UP_SECONDS = 60;

  private final Process process;
  private final BufferedReader out;
  private final Path err;
  private final CompletableFuture<DemoProcess> up = new CompletableFuture<>();
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
      throw new AssertionError("run by mvn verify, which builds the jar and names it in demo.jar");
    }
    return jar;
  }

  /** Starts it and waits until it has said that it is up. */
  static DemoProcess started(String... options) throws IOException {
    return started(Map.of(), options);
  }

  /** The same, with these variables in its environment. */
  static DemoProcess started(Map<String, String> environment, String... options)
      throws IOException {
    return started(java(options), environment);
  }

  /** Starts it by a shell, which stays its parent and waits for it. */
  static DemoProcess startedByShell(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" & wait", "sh"));
    command.addAll(java(options));
    return started(command, Map.of());
  }

  private static DemoProcess started(List<String> command, Map<String, String> environment)
      throws IOException {
    var demo = new DemoProcess(command, environment);
    var unused = demo.up.orTimeout(GIVE_UP_SECONDS, TimeUnit.SECONDS).exceptionally(demo::end);
    for (String line = demo.out.readLine(); line != null; line = demo.out.readLine()) {
      demo.printed.add(line);
      if (line.equals("Ctrl-C stops it.")) {
        demo.up.complete(demo);
        return demo;
      }
    }
    String errors = demo.errors();
    demo.close();
    throw new AssertionError("it did not start: " + errors);
  }

  /** Starts it and waits for its end. */
  static DemoProcess ended(String... options) throws IOException, InterruptedException {
    var demo = new DemoProcess(java(options), Map.of());
    var unused = demo.up.orTimeout(GIVE_UP_SECONDS, TimeUnit.SECONDS).exceptionally(demo::end);
    demo.out.lines().forEach(demo.printed::add);
    demo.awaitEnd();
    demo.up.complete(demo);
    return demo;
  }

  /** Ends a process that hangs: what it prints is then at its end, and whoever reads it goes on. */
  private DemoProcess end(Throwable late) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
    return this;
  }

  /** SIGTERM, as an operator or a container runtime sends it. */
  int terminate() throws InterruptedException {
    process.destroy();
    return awaitEnd();
  }

  /** SIGKILL: it gets to do nothing more. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitEnd();
  }

  private int awaitEnd() throws InterruptedException {
    if (!process.waitFor(GIVE_UP_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("it does not end");
    }
    return process.exitValue();
  }

  /** The process that the shell has started. */
  ProcessHandle child() {
    return process.children().findFirst().orElseThrow();
  }

  int exitCode() {
    return process.exitValue();
  }

  List<String> printed() {
    return printed;
  }

  /** The one printed line that begins so. */
  String line(String beginning) {
    List<String> found = printed.stream().filter(line -> line.startsWith(beginning)).toList();
    if (found.size() != 1) {
      throw new AssertionError("not one line that begins with " + beginning + " in " + printed);
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
