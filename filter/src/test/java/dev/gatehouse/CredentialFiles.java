package dev.gatehouse;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** Files with client credentials, and guarded servers that read them. */
public final class CredentialFiles {

  public static final String OLD = Secrets.MARKER + "-old-secret-of-at-least-32-bytes";
  public static final String NEW = Secrets.MARKER + "-new-secret-of-at-least-32-bytes";

  private final Path directory;

  public CredentialFiles(Path directory) {
    this.directory = directory;
  }

  public GuardedServer guarded(Map<String, String> changed) throws Exception {
    Map<String, String> all = new TreeMap<>(changed);
    all.put("client-secret", "");
    all.put("connect-timeout", "1m");
    all.put("request-timeout", "1m");
    return new GuardedServer(all);
  }

  /** A server that reads {@link #OLD} from a file and authenticates with this method. */
  public GuardedServer guardedWithSecret(String method) throws Exception {
    write("secret", OLD);
    return guarded(Map.of("client-auth-method", method, "client-secret-file", path("secret")));
  }

  public String path(String name) {
    return directory.resolve(name).toString();
  }

  public Path write(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  public static String basic(String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(("mcp-filter:" + secret).getBytes(StandardCharsets.US_ASCII));
  }

  public static String authorization(HttpExchange exchange) {
    return String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
  }
}
