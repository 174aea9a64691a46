package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;

import dev.gatehouse.internal.settings.Setting;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** A protected server with its authorization server, and a clock that the test sets. */
public final class GuardedServer implements AutoCloseable {

  final ManualClock clock = new ManualClock(ManualClock.NOW);

  final CallerServlet servlet = new CallerServlet();
  final FakeAuthorizationServer as;
  final ProtectedServer server;
  final McpAuthFilter filter;

  /** Starts with the default test settings and these changes, named as in {@code web.xml}. */
  GuardedServer(Map<String, String> changed) throws Exception {
    as = new FakeAuthorizationServer();
    var created = new CompletableFuture<McpAuthFilter>();
    server =
        new ProtectedServer(
            "/",
            origin -> {
              created.complete(new McpAuthFilter(settings(origin, changed), clock));
              return context -> {
                ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
                ProtectedServer.addFilter(context, "gatehouse", created.join(), "mcp");
              };
            });
    filter = created.join();
  }

  private Settings settings(String origin, Map<String, String> changed) {
    Map<String, String> all = new TreeMap<>();
    all.put("resource", "{mcp}");
    all.put("issuer", "{issuer}");
    all.put("introspection-endpoint", "{issuer}/introspect");
    all.put("client-id", "mcp-filter");
    all.put("client-secret", Secrets.CLIENT_SECRET);
    all.putAll(changed);
    Map<String, String> environment = new TreeMap<>();
    all.forEach(
        (name, value) ->
            environment.put(
                Setting.named(name).orElseThrow().environmentName(),
                value
                    .replace("{mcp}", origin + "/mcp")
                    .replace("{origin}", origin)
                    .replace("{issuer}", as.issuer())));
    return TestSettings.builder().environment(environment).build();
  }

  /** An active response with this server's audience and {@code token_type} Bearer. */
  String activeResponse(String members) {
    return "{\"active\":true,\"aud\":\"%s\",\"token_type\":\"Bearer\"%s}"
        .formatted(server.mcp(), members.isEmpty() ? "" : "," + members);
  }

  void respondActive(String members) {
    as.introspection(json(200, activeResponse(members)));
  }

  void respondInactive() {
    as.introspection(json(200, "{\"active\":false}"));
  }

  /** The status of a request with this token. */
  int status(String token) throws IOException {
    return server.status(token);
  }

  /** Like {@link #status}, on another thread. */
  CompletableFuture<Integer> statusInBackground(String token) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return status(token);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** Closes this server and starts a new one with these changes to the default settings. */
  GuardedServer restartedWith(Map<String, String> changed) throws Exception {
    close();
    return new GuardedServer(changed);
  }

  /** The metadata's address, as in every challenge. */
  String metadataUrl() {
    return server.origin() + "/.well-known/oauth-protected-resource/mcp";
  }

  @Override
  public void close() throws IOException {
    server.close();
    as.close();
  }

  /** Encodes a text in Latin-1. */
  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
