package dev.gatehouse.internal.http;

import static dev.gatehouse.internal.http.HttpExchanges.LONG;
import static dev.gatehouse.internal.http.HttpExchanges.OK;
import static dev.gatehouse.internal.http.HttpExchanges.post;
import static dev.gatehouse.internal.http.HttpExchanges.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsServer;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.ClosedPort;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeForwardProxy;
import dev.gatehouse.testing.Faults;
import dev.gatehouse.testing.HttpsServers;
import dev.gatehouse.testing.KeyStores;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.RawAuthorizationServer.Behaviour;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client through a forward proxy, to servers whose names only the proxy knows. */
class ForwardProxyTest {

  private static final String PASSWORD = Secrets.MARKER + "-proxy:password";
  private static final String BASIC =
      "Basic "
          + Base64.getEncoder()
              .encodeToString(("filter:" + PASSWORD).getBytes(StandardCharsets.UTF_8));

  @TempDir private static Path generated;
  private static KeyStores stores;

  private final AtomicReference<ProxyCredentials> credentials = new AtomicReference<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private FakeForwardProxy proxy;

  /** Speaks plain http. */
  private FakeAuthorizationServer as;

  /** Speaks https, as {@code as.internal}, and demands a client certificate. */
  private HttpsServer secureAs;

  private final List<String> secureRequests = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void makeKeys() throws Exception {
    stores = new KeyStores(generated);
    stores.createKey("as", "CN=as", "-ext", "san=dns:as.internal");
    stores.createKey("filter", "CN=filter");
  }

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    secureAs = HttpsServers.create(0);
    secureAs.setHttpsConfigurator(HttpsServers.configurator(stores.context("as", "filter"), true));
    secureAs.createContext(
        "/",
        exchange -> {
          secureRequests.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + new TreeSet<>(exchange.getRequestHeaders().keySet()));
          exchange.getRequestBody().readAllBytes();
          FakeAuthorizationServer.json(200, "{}").respond(exchange);
          exchange.close();
        });
    secureAs.setExecutor(threads);
    secureAs.start();
    int secure = secureAs.getAddress().getPort();
    proxy =
        new FakeForwardProxy()
            .leads("as.internal:80", as.port())
            .leads("token_service:8080", as.port())
            .leads("[2001:db8::1]:8080", as.port())
            .leads("as.internal:443", secure)
            .leads("as.internal:8443", secure)
            .leads("other.internal:443", secure);
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
    as.close();
    secureAs.stop(0);
    threads.shutdownNow();
  }

  private BoundedHttpClient client() throws Exception {
    return client(LONG, LONG, proxy.port(), null);
  }

  private static BoundedHttpClient client(
      Duration connect, Duration request, int port, @Nullable Reloadable<ProxyCredentials> secret)
      throws Exception {
    ForwardProxy proxy = new ForwardProxy("127.0.0.1", port, secret);
    return new BoundedHttpClient(new HttpSettings(connect, request, 4, tls(), server -> proxy));
  }

  /** The filter's certificate, and trust in the server's. */
  private static ReloadedTls tls() throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store("filter"), KeyStores.PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("as", store("as").getCertificate("as"));
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    List<KeyManager> keyManagers = List.of(keys.getKeyManagers());
    List<TrustManager> trustManagers = List.of(trust.getTrustManagers());
    return new ReloadedTls(Reloadable.fixed(keyManagers), Reloadable.fixed(trustManagers));
  }

  private static KeyStore store(String name) throws Exception {
    return KeyStore.getInstance(
        Path.of(stores.file(name + ".p12")).toFile(), KeyStores.PASSWORD.toCharArray());
  }

  /** The credentials that the test has set last. */
  private Reloadable<ProxyCredentials> secret() {
    credentials.set(ProxyCredentials.parse("filter:" + PASSWORD));
    return new Reloadable<>() {
      @Override
      public ProxyCredentials get() {
        return Objects.requireNonNull(credentials.get());
      }

      @Override
      public void reload() {}
    };
  }

  private int status(BoundedHttpClient client, String origin) throws IOException {
    return client.within(client.deadline()).send(request(origin)).getStatusCode();
  }

  private static List<String> headers(String message) {
    return message
        .lines()
        .skip(1)
        .takeWhile(line -> !line.isEmpty())
        .map(line -> line.toLowerCase(Locale.ROOT).replaceFirst(":.*", ""))
        .toList();
  }

  @Test
  void anHttpRequestNamesTheWholeUri() throws Exception { // RFC 9112 §3.2.2
    try (var client = client()) {
      assertThat(status(client, "http://as.internal")).isEqualTo(200);
      assertThat(status(client, "http://token_service:8080")).isEqualTo(200);
      assertThat(status(client, "http://[2001:db8::1]:8080")).isEqualTo(200);
    }
    assertThat(proxy.requestLines())
        .containsExactly(
            "POST http://as.internal/introspect HTTP/1.1",
            "POST http://token_service:8080/introspect HTTP/1.1",
            "POST http://[2001:db8::1]:8080/introspect HTTP/1.1");
    assertThat(proxy.requests().get(1)).contains("\r\nHost: token_service:8080\r\n");
    assertThat(as.introspectionRequests()).hasSize(3);
  }

  @Test
  void anHttpsRequestGoesThroughATunnel() throws Exception { // RFC 9110 §9.3.6
    try (var client = client()) {
      assertThat(status(client, "https://as.internal")).isEqualTo(200);
      assertThat(status(client, "https://as.internal:8443")).isEqualTo(200);
    }
    assertThat(proxy.requests())
        .containsExactly(
            "CONNECT as.internal:443 HTTP/1.1\r\nHost: as.internal:443\r\n\r\n",
            "CONNECT as.internal:8443 HTTP/1.1\r\nHost: as.internal:8443\r\n\r\n");
    assertThat(secureRequests).hasSize(2).allMatch(line -> line.startsWith("POST /introspect "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://as.internal", "https://as.internal"})
  void connectionsAreReused(String origin) throws Exception {
    try (var client = client()) {
      for (int i = 0; i < 5; i++) {
        assertThat(status(client, origin)).isEqualTo(200);
      }
    }
    assertThat(proxy.connections()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://as.internal", "https://as.internal"})
  void aRequestOnAConnectionThatTheProxyClosedIsSentAgain(String origin) throws Exception {
    try (var client = client()) {
      assertThat(status(client, origin)).isEqualTo(200);
      proxy.dropConnections();
      assertThat(status(client, origin)).isEqualTo(200);
    }
    assertThat(proxy.connections()).isEqualTo(2);
  }

  @Test
  void everyServerHasItsOwnConnections() throws Exception {
    proxy.leads("second.internal:80", as.port());
    try (var client = client()) {
      for (int i = 0; i < 2; i++) {
        assertThat(status(client, "http://as.internal")).isEqualTo(200);
        assertThat(status(client, "http://second.internal")).isEqualTo(200);
        assertThat(status(client, "https://as.internal")).isEqualTo(200);
      }
    }
    assertThat(proxy.connections()).isEqualTo(3);
    assertThat(secureRequests).hasSize(2);
  }

  @Test
  void onlyTheProxyGetsTheCredentials() throws Exception { // RFC 9110 §11.7.1
    proxy.require(BASIC);
    try (var client = client(LONG, LONG, proxy.port(), secret())) {
      for (int i = 0; i < 2; i++) {
        assertThat(status(client, "http://as.internal")).isEqualTo(200);
        assertThat(status(client, "https://as.internal")).isEqualTo(200);
      }
    }
    assertThat(proxy.requests())
        .as("without a 407 first")
        .hasSize(3)
        .allSatisfy(
            request -> assertThat(request).contains("\r\nProxy-Authorization: " + BASIC + "\r\n"));
    assertThat(secureRequests)
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).doesNotContainIgnoringCase("proxy"));
  }

  @Test
  void aServerBehindATunnelSeesTheHeadersOfADirectRequest() throws Exception {
    try (var direct = HttpExchanges.client(LONG, 4);
        var client = client(LONG, LONG, proxy.port(), secret())) {
      post(direct, as.issuer());
      Set<String> plain = new TreeSet<>(as.requests().get(0).headers().keySet());
      status(client, "https://as.internal");

      assertThat(secureRequests).containsExactly("POST /introspect " + plain);
      status(client, "http://as.internal");
      assertThat(headers(proxy.requests().get(1)))
          .contains("proxy-authorization")
          .hasSize(plain.size() + 1);
    }
  }

  @Test
  void aServerWhoseCertificateHasAnotherNameGetsNoRequest() throws Exception {
    try (var client = client()) {
      assertThatThrownBy(() -> status(client, "https://other.internal"))
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("other.internal");
    }
    assertThat(secureRequests).isEmpty();
  }

  private IOException failure(String origin, Behaviour behaviour) throws Exception {
    proxy.setBehaviour(behaviour);
    try (var client = client(LONG, LONG, proxy.port(), secret())) {
      return catchThrowableOfType(IOException.class, () -> status(client, origin));
    }
  }

  private static Behaviour response(String statusLine) {
    return RawAuthorizationServer.text(
        "HTTP/1.1 " + statusLine + "\r\nContent-Length: 4\r\n\r\nbody");
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of("https://as.internal", 407, 1, "; correct proxy-credentials-file"),
        Arguments.of("http://as.internal", 407, 1, "; correct proxy-credentials-file"),
        Arguments.of("https://as.internal", 403, 1, "; allow connections to this server there"),
        Arguments.of("https://as.internal", 405, 1, "; allow connections to this server there"),
        Arguments.of("https://as.internal", 302, 1, "; allow connections to this server there"),
        Arguments.of("https://as.internal", 502, 2, ""),
        Arguments.of("https://as.internal", 503, 2, ""),
        Arguments.of("https://as.internal", 504, 2, ""));
  }

  @ParameterizedTest(name = "{0}, status {1}")
  @MethodSource("refusals")
  void aRefusalOfTheProxyIsReported(String origin, int status, int attempts, String cure)
      throws Exception {
    IOException failure = failure(origin, response(status + " X"));

    assertThat(failure)
        .isInstanceOf(ProxyException.class)
        .hasMessage("the proxy " + proxy.address() + " responded with " + status + cure)
        .matches(e -> !BoundedHttpClient.isTimeout(e));
    assertThat(proxy.requests()).hasSize(attempts);
  }

  @Test
  void a407WithoutCredentialsNamesTheMissingSetting() throws Exception {
    proxy.require(BASIC);
    try (var client = client()) {
      for (String origin : List.of("http://as.internal", "https://as.internal")) {
        assertThatThrownBy(() -> status(client, origin))
            .hasMessageContaining("responded with 407; set proxy-credentials-file");
      }
    }
    assertThat(as.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://as.internal", "https://as.internal"})
  void aRequestIsRepeatedIfTheCredentialsHaveJustBeenReplaced(String origin) throws Exception {
    proxy.require(BASIC);
    Reloadable<ProxyCredentials> secret = secret();
    ProxyCredentials right = credentials.get();
    credentials.set(ProxyCredentials.parse("filter:" + Secrets.MARKER + "-old"));
    Reloadable<ProxyCredentials> renewed =
        new Reloadable<>() {
          @Override
          public ProxyCredentials get() {
            return secret.get();
          }

          @Override
          public void reload() {
            credentials.set(right);
          }
        };
    try (var client = client(LONG, LONG, proxy.port(), renewed)) {
      assertThat(status(client, origin)).isEqualTo(200);
    }
    assertThat(proxy.requests()).hasSize(2);
  }

  static Stream<Arguments> faults() {
    String open = "HTTP/1.1 200 OK\r\n\r\n";
    return Stream.of(
        Arguments.of("closes", RawAuthorizationServer.text(""), "closed the connection"),
        Arguments.of("resets", (Behaviour) Faults::reset, "failed: java.net.SocketException"),
        Arguments.of("closes in the head", RawAuthorizationServer.text("HTTP/1.1 200 OK\r\nX"), ""),
        Arguments.of(
            "speaks another protocol",
            RawAuthorizationServer.text("SSH-2.0-" + Secrets.MARKER + "\r\n\r\n"),
            "sent an invalid response"),
        Arguments.of(
            "sends data before the server does",
            RawAuthorizationServer.text(open + "x"),
            "sent data before the server"),
        Arguments.of(
            "sends a whole response before the server does",
            RawAuthorizationServer.text(open + OK),
            "sent data before the server"),
        Arguments.of(
            "sends interim responses without end",
            Faults.endless("HTTP/1.1 100 Continue\r\n\r\n"),
            "sent no final response"),
        Arguments.of(
            "sends headers without end",
            Faults.then(open.strip() + "\r\n", Faults.endless("A: b\r\n")),
            ""),
        Arguments.of(
            "sends an endless header",
            Faults.then(open.strip() + "\r\nA:", Faults.endless("b")),
            ""));
  }

  @ParameterizedTest(name = "it {0}")
  @MethodSource("faults")
  void aProxyThatFailsIsNamed(String fault, Behaviour behaviour, String problem) throws Exception {
    IOException failure = failure("https://as.internal", behaviour);

    assertThat(failure)
        .isInstanceOf(ProxyException.class)
        .hasMessageStartingWith("the proxy " + proxy.address() + " " + problem)
        .matches(e -> !Secrets.appearIn(e.toString()));
    assertThat(proxy.requests()).as("repeated once, since the server has got nothing").hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 299 Odd\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n",
        "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
      })
  void any2xxOpensTheTunnelWhateverItsHeadersSay(String response) throws Exception {
    proxy.setTunnelOpen(response); // RFC 9110 §9.3.6: length and coding are ignored
    try (var client = client()) {
      assertThat(status(client, "https://as.internal")).isEqualTo(200);
    }
  }

  @Test
  void aProxyThatCannotBeReachedIsNamed() throws Exception {
    try (var port = new ClosedPort();
        var client = client(LONG, LONG, port.number(), null)) {
      for (String origin : List.of("http://as.internal", "https://as.internal")) {
        assertThatThrownBy(() -> status(client, origin))
            .isInstanceOf(ProxyException.class)
            .hasMessageStartingWith("the proxy " + port.origin() + " can't be reached: ");
      }
    }
  }

  static Stream<Arguments> slow() {
    String head = "HTTP/1.1 200 OK\r\nX:";
    return Stream.of(
        Arguments.of("https://as.internal", (Behaviour) Faults::hang),
        Arguments.of("https://as.internal", (Behaviour) Faults::trickle),
        Arguments.of("https://as.internal", Faults.then(head, Faults::trickle)),
        Arguments.of(
            "https://as.internal", Faults.then(FakeForwardProxy.TUNNEL_OPEN, Faults::hang)),
        Arguments.of("http://as.internal", (Behaviour) Faults::hang),
        Arguments.of("http://as.internal", (Behaviour) Faults::trickle),
        Arguments.of("http://as.internal", Faults.then(head, Faults::trickle)),
        Arguments.of(
            "http://as.internal", Faults.then(OK.replace(": 2", ": 999"), Faults::trickle)));
  }

  @ParameterizedTest
  @MethodSource("slow")
  void theTimeLimitAppliesToTheWholeExchange(String origin, Behaviour behaviour) throws Exception {
    proxy.setBehaviour(behaviour);
    try (var client = client(LONG, Duration.ofMillis(200), proxy.port(), null)) {
      for (int i = 0; i < 3; i++) {
        IOException failure = catchThrowableOfType(IOException.class, () -> status(client, origin));
        assertThat(failure).matches(BoundedHttpClient::isTimeout, "is a time-out");
      }
    }
  }

  @Test
  void theTimeLimitForConnectingIncludesTheProxysResponse() throws Exception {
    proxy.setBehaviour(Faults::hang);
    try (var client = client(Duration.ofMillis(200), LONG, proxy.port(), null)) {
      IOException failure =
          catchThrowableOfType(IOException.class, () -> status(client, "https://as.internal"));
      assertThat(failure)
          .matches(BoundedHttpClient::isTimeout, "is a time-out")
          .hasMessage(
              "the proxy " + proxy.address() + " did not connect to the server within PT0.2S");
    }
    Await.until("the proxy has read the request", () -> !proxy.requests().isEmpty());
    assertThat(proxy.requests()).as("not repeated").hasSize(1);
  }

  @Test
  void aDirectConnectionSendsNothingToTheProxy() throws Exception {
    ForwardProxy forOthers = new ForwardProxy("127.0.0.1", proxy.port(), secret());
    try (var client =
        new BoundedHttpClient(
            new HttpSettings(
                LONG,
                LONG,
                4,
                null,
                server -> "127.0.0.1".equals(server.getHost()) ? null : forOthers))) {
      assertThat(status(client, as.issuer())).isEqualTo(200);
      assertThat(status(client, "http://as.internal")).isEqualTo(200);
    }
    assertThat(proxy.requests()).hasSize(1);
    assertThat(as.requests().get(0).path()).isEqualTo("/introspect");
    assertThat(as.requests())
        .allSatisfy(
            request -> assertThat(request.headers()).doesNotContainKey("Proxy-authorization"));
  }

  @Test
  void nothingPrintsTheCredentials() {
    var secret = secret();

    assertThat(Secrets.appearIn(secret.get().toString())).isFalse();
    assertThat(new ForwardProxy("proxy.example", 3128, secret))
        .hasToString("http://proxy.example:3128");
    assertThat(new ForwardProxy("::1", 3128, secret)).hasToString("http://[::1]:3128");
  }

  @ParameterizedTest
  @ValueSource(strings = {"password", ":password", "user:a\u0000b", "user:a\u007fb"})
  void malformedCredentialsAreRefusedWithoutRepeatingThem(String text) {
    assertThatThrownBy(() -> ProxyCredentials.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("a\u0000b", "a\u007fb");
  }

  @Test
  void credentialsAreUtf8AndMayHaveColons() { // RFC 7617 §2, §2.1
    assertThat(ProxyCredentials.parse("ü:a:b").header()).isEqualTo("Basic w7w6YTpi");
  }
}
