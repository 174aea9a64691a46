package dev.gatehouse.internal.http;

import static dev.gatehouse.internal.http.HttpExchanges.LONG;
import static dev.gatehouse.internal.http.HttpExchanges.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.Faults;
import dev.gatehouse.testing.KeyStores;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.RawAuthorizationServer.Behaviour;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server, or something in between, sends more than one response to a request: the rest must not
 * become the response to the next request, which is about another token (RFC 9112 §9.2).
 */
class UnrequestedResponsesTest {

  private enum Way {
    PLAIN,
    TLS,
    PROXY
  }

  private static final String FOREIGN = response("200 OK", "foreign");

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private static Path generated;
  private static KeyStores stores;

  private final AtomicInteger connections = new AtomicInteger();

  private RawAuthorizationServer as;

  @BeforeAll
  static void makeKeys() throws Exception {
    stores = new KeyStores(generated);
    stores.createKey("as", "CN=as", "-ext", "san=ip:127.0.0.1");
  }

  @BeforeEach
  void start() throws Exception {
    as = new RawAuthorizationServer(Socket::close);
  }

  @AfterEach
  void stop() throws Exception {
    as.close();
  }

  private static String response(String status, String body) {
    return "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(status, body.length(), body);
  }

  /** Sends this text after the first request of each connection, and one response each then. */
  private Behaviour firstSending(String text) {
    return socket -> {
      connections.incrementAndGet();
      RawAuthorizationServer.text(text).respond(socket);
      while (!RawAuthorizationServer.read(socket.getInputStream()).isEmpty()) {
        RawAuthorizationServer.text(response("200 OK", "own")).respond(socket);
      }
    };
  }

  private BoundedHttpClient client(Way way) throws Exception {
    if (way == Way.TLS) {
      as.enableTls(stores.context("as", "as"), "http/1.1");
    }
    ForwardProxy proxy = way == Way.PROXY ? new ForwardProxy("127.0.0.1", port(), null) : null;
    return new BoundedHttpClient(new HttpSettings(LONG, LONG, 4, trust(), server -> proxy));
  }

  private int port() {
    return URI.create(as.origin()).getPort();
  }

  private static ReloadedTls trust() throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("as", store().getCertificate("as"));
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return new ReloadedTls(
        null, Reloadable.<List<TrustManager>>fixed(List.of(factory.getTrustManagers())));
  }

  private static KeyStore store() throws Exception {
    return KeyStore.getInstance(
        Path.of(stores.file("as.p12")).toFile(), KeyStores.PASSWORD.toCharArray());
  }

  private static String send(BoundedHttpClient client, String origin) throws IOException {
    return client.within(client.deadline()).send(request(origin)).getBody();
  }

  static Stream<Arguments> surplus() {
    String first = response("200 OK", "first");
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
    String chunks = "5\r\nfirst\r\n0\r\n\r\n";
    return Stream.of(
            Arguments.of("another response", first + FOREIGN),
            Arguments.of("the head of another", first + FOREIGN.replaceFirst("foreign", "")),
            Arguments.of("a body that is longer than its length", first + "\r\n{}"),
            Arguments.of(
                "both a length and chunks",
                chunked + "Content-Length: 999\r\n\r\n" + chunks + FOREIGN),
            Arguments.of("something after the chunks", chunked + "\r\n" + chunks + FOREIGN),
            Arguments.of("a body with a 304", response("304 Not Modified", FOREIGN)),
            Arguments.of("a body with a 204", "HTTP/1.1 204 No Content\r\n\r\n" + FOREIGN))
        .flatMap(
            row ->
                Stream.of(Way.values()).map(way -> Arguments.of(way, row.get()[0], row.get()[1])));
  }

  @ParameterizedTest(name = "{0}: it sends {1}")
  @MethodSource("surplus")
  void whatNobodyRequestedIsTheResponseToNoRequest(Way way, String what, String text)
      throws Exception {
    as.setBehaviour(firstSending(text));
    try (var client = client(way)) {
      String origin = way == Way.PROXY ? "http://as.internal" : as.origin();
      for (int i = 0; i < 4; i++) {
        assertThat(send(client, origin)).doesNotContain("own").isNotEqualTo("foreign");
      }
    }
    assertThat(connections).as("each was used once").hasValue(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "TLS", "PROXY"})
  void aConnectionWithoutSuchDataIsUsedAgain(Way way) throws Exception {
    as.setBehaviour(firstSending(response("200 OK", "first")));
    try (var client = client(way)) {
      String origin = way == Way.PROXY ? "http://as.internal" : as.origin();
      assertThat(send(client, origin)).isEqualTo("first");
      for (int i = 0; i < 4; i++) {
        assertThat(send(client, origin)).isEqualTo("own");
      }
    }
    assertThat(connections).hasValue(1);
  }

  /** On a connection that is idle, such as an error before the server closes it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aConnectionWithLateDataIsNotUsedAgain(boolean tls) throws Exception {
    CountDownLatch idle = new CountDownLatch(1);
    as.setBehaviour(
        socket -> {
          RawAuthorizationServer.text(response("200 OK", "first")).respond(socket);
          idle.await();
          RawAuthorizationServer.text(FOREIGN).respond(socket);
          Faults.hang(socket);
        });
    if (tls) {
      as.enableTls(stores.context("as", "as"), "http/1.1");
    }
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port());
        Http1Connection connection = new Http1Connection(Http1Client.HEAD_LIMITS)) {
      connection.bind(plain);
      if (tls) {
        var factory = stores.context("as", "as").getSocketFactory();
        connection.bind(factory.createSocket(plain, "127.0.0.1", port(), true));
      }
      connection.sendRequestHeader(get());
      connection.flush();
      ClassicHttpResponse response = connection.receiveResponseHeader();
      connection.receiveResponseEntity(response);
      response.getEntity().getContent().readAllBytes();
      assertThat(connection.isConsistent()).isTrue();
      connection.passivate();
      idle.countDown();
      Await.until("the late data", () -> plain.getInputStream().available() > 0);

      assertThat(connection.isConsistent()).isFalse();
      assertThatThrownBy(() -> connection.sendRequestHeader(get()))
          .isInstanceOf(ConnectionClosedException.class);
    }
  }

  private static ClassicHttpRequest get() {
    return new BasicClassicHttpRequest("GET", new HttpHost("127.0.0.1"), "/");
  }
}
