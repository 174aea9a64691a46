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

/** After 100,000 requests with as many tokens: what a heap dump and a log at its fullest tell. */
class LeakIT {
  private static final int REQUESTS = 100_000;
  private static final int CONNECTIONS = 16;
  private static final int EACH = REQUESTS / CONNECTIONS;
  private static final int QUIET_REQUESTS_EACH = 50;

  private static final String RESOURCE = "https://mcp.example/mcp";
  private static final String EVICTION_SECRET = "Ev5nRt8KmYwEvictionSecretOfThisTest";
  private static final String OWN_ACCESS_TOKEN = "Ow4bHs6JdPzOwnAccessToken";

  @TempDir private static Path folder;
  private static String privateKey = "";

  /** After the flood: the heap dump; and the log, what went to standard error, and the metrics. */
  private static Path dump = Path.of("");

  private static List<Path> told = List.of();

  @BeforeAll
  static void flood() throws Exception {
    try (EchoingServer authorizationServer = new EchoingServer(RESOURCE, OWN_ACCESS_TOKEN);
        GuardedProcess server = GuardedProcess.start(folder, settings(authorizationServer))) {
      send(server.port());
      assertThat(authorizationServer.asked())
          .as("introspections")
          .isGreaterThan(REQUESTS / 20 * 14L);
      dump = server.heapDump();
      told = List.of(server.log(), server.errors(), server.metrics());
    }
  }

  /** Every way to authenticate, each at a server of its own, which its tokens' prefix names. */
  private static List<String> settings(EchoingServer authorizationServer)
      throws IOException, GeneralSecurityException {
    List<String> settings = new ArrayList<>();
    settings.add("resource=" + RESOURCE);
    settings.add("servers=" + String.join(" ", Caller.SERVERS));
    settings.add("cache-ttl=10m"); // for all that is kept to be there at the end
    settings.add("cache-inactive-ttl=10m");
    settings.add("connect-timeout=1m"); // not one of so many is to be refused for being slow
    settings.add("request-timeout=1m");
    settings.add("max-bad-tokens-per-minute=0");
    settings.add("breaker-wait=0s"); // else it is up to chance what is answered
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

  /** On some connections at once, each of which is used again and again. */
  private static void send(int port) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<List<String>>> wrong = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int part = i;
        wrong.add(threads.submit(() -> sendOnOneConnection(port, part)));
      }
      for (Future<List<String>> each : wrong) {
        assertThat(each.get()).as("answered otherwise than they must be").isEmpty();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<String> sendOnOneConnection(int port, int part) throws IOException {
    List<String> wrong = new ArrayList<>();
    try (KeptConnection connection = new KeptConnection(port)) {
      for (int number = part * EACH; number < (part + 1) * EACH; number++) {
        send(connection, Caller.number(number, EVICTION_SECRET), wrong);
      }
      // The container's buffers outlive a request, and hold its last bytes until others come:
      // these are longer than all before them. What it keeps with a connection, the latest header
      // lines for example, goes when the connection does: the dump is made after that.
      for (int i = 0; i < QUIET_REQUESTS_EACH; i++) {
        send(connection, Caller.nobody(), wrong);
      }
    }
    return wrong;
  }

  private static void send(KeptConnection connection, Caller caller, List<String> wrong)
      throws IOException {
    int status = connection.post(caller.target(), caller.headers(), caller.body());
    if (status != caller.status()) {
      wrong.add(status + " to " + caller);
    }
  }

  @Test
  void theHeapHoldsNoTokenAndNotTheEvictionSecret() throws IOException {
    assertThat(
            Traces.of(Map.of("a token", Caller.MARK, "the eviction secret", EVICTION_SECRET))
                .in(dump))
        .isEmpty();
  }

  /** Else the dump would prove nothing: what was answered is in it, and found. */
  @Test
  void theHeapHoldsWhatTheServerSaidOfTheTokens() throws IOException {
    assertThat(Traces.of(Map.of("a user", "user-000001", "another", "user-099988")).in(dump))
        .hasSize(2);
  }

  /**
   * Not in what is logged, at any level, nor in meters, observations and JMX. The secrets with
   * which we ask must be held, as long as we ask: Nimbus's {@code Secret}, a key, and our own
   * access token have them in the heap.
   */
  @Test
  void logAndMetricsHoldNoTokenAndNoSecret() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("a token", Caller.MARK);
    texts.put("the eviction secret", EVICTION_SECRET);
    texts.put("a client secret", clientSecret("").substring(0, 20));
    texts.put("the private key", privateKey.substring(40, 80));
    texts.put("our access token", OWN_ACCESS_TOKEN);
    texts.put("an assertion", "client_assertion=");
    for (Path each : told) {
      assertThat(Traces.of(texts).in(each)).as(each.toString()).isEmpty();
    }
  }

  /** Else they would prove nothing. */
  @Test
  void logAndMetricsAreAtTheirFullest() throws IOException {
    assertThat(Files.readString(told.get(0)))
        .contains("dev.gatehouse.audit", "DEBUG org.apache.hc.", "ObservationTextPublisher");
    assertThat(Files.readString(told.get(2)))
        .contains("gatehouse.requests", "dev.gatehouse:type=McpAuthFilter");
  }
}
