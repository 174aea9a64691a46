package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The MCP client of the TypeScript SDK, which Node.js runs. */
final class TypeScriptClient {

  private static final int TIMEOUT_SECONDS = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;

  private TypeScriptClient(Path folder) {
    this.folder = folder;
  }

  /**
   * Installs the client in the versions of its lock file.
   *
   * @param folder an empty one
   */
  static TypeScriptClient install(Path folder) throws Exception {
    Path source = Path.of(Setting.of("clients"), "typescript");
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    run(
        new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            .directory(folder.toFile()),
        "");
    return new TypeScriptClient(folder);
  }

  /**
   * Connects to a server that supports revision 2026-07-28 and performs these calls.
   *
   * @param calls a JSON array of objects with the client's method and its params
   * @return the result or error of each call
   */
  List<JsonNode> performStateless(String url, String token, String calls) throws Exception {
    ProcessBuilder node =
        new ProcessBuilder("node", "stateless.mjs", url).directory(folder.toFile());
    node.environment().put("TOKEN", token);
    return List.of(JSON.readValue(run(node, calls), JsonNode[].class));
  }

  private static String run(ProcessBuilder command, String input) throws Exception {
    Path out = Files.createTempFile("client", ".out");
    Path errors = Files.createTempFile("client", ".err");
    try {
      Process process = command.redirectOutput(out.toFile()).redirectError(errors.toFile()).start();
      try (var stdin = process.outputWriter(UTF_8)) {
        stdin.write(input);
      }
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new IOException(command.command() + " did not end: " + Files.readString(errors));
      }
      if (process.exitValue() != 0) {
        throw new IOException(command.command() + " failed: " + Files.readString(errors));
      }
      return Files.readString(out);
    } finally {
      Files.delete(out);
      Files.delete(errors);
    }
  }
}
