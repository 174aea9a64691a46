package dev.gatehouse;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Files with our credentials, and a guarded server that reads them. */
final class CredentialFiles {

  static final String OLD = Secrets.MARKER + "-old-secret-of-at-least-32-bytes";
  static final String NEW = Secrets.MARKER + "-new-secret-of-at-least-32-bytes";

  private final Path directory;

  CredentialFiles(Path directory) {
    this.directory = directory;
  }

  GuardedServer guarded(Map<String, String> changed) throws Exception {
    Map<String, String> all = new TreeMap<>(changed);
    all.put("client-secret", "");
    all.put("connect-timeout", "1m");
    all.put("request-timeout", "1m");
    return new GuardedServer(all);
  }

  /** With the old secret in a file, and this way to show it. */
  GuardedServer guardedWithSecret(String method) throws Exception {
    write("secret", OLD);
    return guarded(Map.of("client-auth-method", method, "client-secret-file", path("secret")));
  }

  String path(String name) {
    return directory.resolve(name).toString();
  }

  Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  static String basic(String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(("mcp-filter:" + secret).getBytes(StandardCharsets.US_ASCII));
  }

  static String authorization(HttpExchange exchange) {
    return String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
  }
}
