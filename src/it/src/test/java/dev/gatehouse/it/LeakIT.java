package dev.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After 100,000 requests with distinct tokens, no token is in the heap, the log or the metrics. */
class LeakIT {
  private static final int REQUESTS = 100_000;
  private static final int CONNECTIONS = 16;
  private static final int REQUESTS_PER_CONNECTION = REQUESTS / CONNECTIONS;
  private static final int OVERWRITING_REQUESTS = 50;

  private static final String RESOURCE = "https://mcp.example/mcp";
  private static final String EVICTION_SECRET = "Ev5nRt8KmYwEvictionSecretOfThisTest";
  private static final String ACCESS_TOKEN = "Ow4bHs6JdPzOwnAccessToken";

  @TempDir private static Path folder;
  private static String privateKey = "";

  /** The heap dump, and the other output: log, standard error and metrics. */
  private static Path dump = Path.of("");

  private static List<Path> output = List.of();

  @BeforeAll
  static void sendRequests() throws Exception {
    try (EchoingServer authorizationServer = new EchoingServer(RESOURCE, ACCESS_TOKEN);
        GuardedProcess server = GuardedProcess.start(folder, settings(authorizationServer))) {
      send(server.port());
      assertThat(authorizationServer.introspections())
          .as("introspections")
          .isGreaterThan(REQUESTS / 20 * 14L);
      dump = server.heapDump();
      output = List.of(server.log(), server.errors(), server.metrics());
    }
  }

  /** One server for each client authentication method; the prefix of a token names its server. */
  private static List<String> settings(EchoingServer authorizationServer)
      throws IOException, GeneralSecurityException {
    List<String> settings = new ArrayList<>();
    settings.add("resource=" + RESOURCE);
    settings.add("servers=" + String.join(" ", Caller.SERVERS));
    settings.add("cache-ttl=10m"); // long, so that every result is still cached at the end
    settings.add("cache-inactive-ttl=10m");
    settings.add("connect-timeout=1m"); // long, so that no request is refused because it is slow
    settings.add("request-timeout=1m");
    settings.add("max-bad-tokens-per-minute=0");
    settings.add("breaker-wait=0s"); // otherwise the responses would depend on timing
    settings.add("audit-admitted=true");
    settings.add("eviction-path=/evict");
    settings.add("eviction-secret-file=" + file("eviction-secret", EVICTION_SECRET));
    for (String name : Caller.SERVERS) {
      String prefix = "server." + name + ".";
      settings.add(prefix + "issuer=https://" + name + ".example");
      settings.add(prefix + "introspection-endpoint=" + authorizationServer.url("/introspect"));
      settings.add(prefix + "token-endpoint=" + authorizationServer.url("/token"));
      settings.add(prefix + "token-prefix=" + name + ".");
      settings.add(prefix + "client-id=mcp-server");
      settings.add(
          prefix
              + (name.equals("key")
                  ? "private-key-file=" + file("key.pem", newPrivateKey())
                  : "client-secret-file=" + file(name, clientSecret(name))));
      settings.add(prefix + "client-auth-method=" + method(name));
    }
    return settings;
  }

  private static String method(String server) {
    return switch (server) {
      case "basic" -> "client_secret_basic";
      case "post" -> "client_secret_post";
      case "jwt" -> "client_secret_jwt";
      case "key" -> "private_key_jwt";
      case "own" -> "bearer";
      default -> throw new AssertionError(server);
    };
  }

  private static String clientSecret(String server) {
    return "Cs9vGf3LcNxClientSecretFor" + server + "AndLong";
  }

  private static String newPrivateKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    byte[] key = generator.generateKeyPair().getPrivate().getEncoded();
    privateKey = Base64.getEncoder().encodeToString(key);
    return "-----BEGIN PRIVATE KEY-----\n" + privateKey + "\n-----END PRIVATE KEY-----";
  }

  private static Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  /** Sends the requests over several persistent connections at once. */
  private static void send(int port) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<List<String>>> unexpected = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int part = i;
        unexpected.add(threads.submit(() -> sendOnOneConnection(port, part)));
      }
      for (Future<List<String>> each : unexpected) {
        assertThat(each.get()).as("unexpected responses").isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<String> sendOnOneConnection(int port, int part) throws IOException {
    List<String> unexpected = new ArrayList<>();
    try (PersistentConnection connection = new PersistentConnection(port)) {
      for (int number = part * REQUESTS_PER_CONNECTION;
          number < (part + 1) * REQUESTS_PER_CONNECTION;
          number++) {
        send(connection, Caller.number(number, EVICTION_SECRET), unexpected);
      }
      // The container's buffers keep the last bytes of a request until longer ones overwrite them,
      // as these do. State of a connection, such as its last header lines, is gone after close.
      for (int i = 0; i < OVERWRITING_REQUESTS; i++) {
        send(connection, Caller.withoutCredentials(), unexpected);
      }
    }
    return unexpected;
  }

  private static void send(PersistentConnection connection, Caller caller, List<String> unexpected)
      throws IOException {
    int status = connection.post(caller.target(), caller.headers(), caller.body());
    if (status != caller.status()) {
      unexpected.add(status + " to " + caller);
    }
  }

  @Test
  void theHeapContainsNoTokenAndNoEvictionSecret() throws IOException {
    assertThat(
            TextSearch.of(Map.of("a token", Caller.MARK, "the eviction secret", EVICTION_SECRET))
                .in(dump))
        .isEmpty();
  }

  /** Proves that the search works: claims from introspection responses are in the dump. */
  @Test
  void theHeapContainsClaimsOfTokens() throws IOException {
    assertThat(TextSearch.of(Map.of("a user", "user-000001", "another", "user-099988")).in(dump))
        .hasSize(2);
  }

  /**
   * Searches the log at every level, the meters, the observations and JMX. The heap must contain
   * the client credentials, which introspection requests need: Nimbus's {@code Secret}, a key and
   * our own access token.
   */
  @Test
  void logAndMetricsContainNoTokenAndNoSecret() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("a token", Caller.MARK);
    texts.put("the eviction secret", EVICTION_SECRET);
    texts.put("a client secret", clientSecret("").substring(0, 20));
    texts.put("the private key", privateKey.substring(40, 80));
    texts.put("our access token", ACCESS_TOKEN);
    texts.put("an assertion", "client_assertion=");
    for (Path each : output) {
      assertThat(TextSearch.of(texts).in(each)).as(each.toString()).isEmpty();
    }
  }

  /** Proves that the output is complete. */
  @Test
  void logAndMetricsContainEverySource() throws IOException {
    assertThat(Files.readString(output.get(0)))
        .contains("dev.gatehouse.audit", "DEBUG org.apache.hc.", "ObservationTextPublisher");
    assertThat(Files.readString(output.get(2)))
        .contains("gatehouse.requests", "dev.gatehouse:type=McpAuthFilter");
  }
}
