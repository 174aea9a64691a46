package dev.gatehouse;

import static dev.gatehouse.internal.http.HttpExchanges.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.HttpExchanges;
import dev.gatehouse.internal.http.ReloadedTls;
import dev.gatehouse.testing.KeyStores;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protocol negotiation over TLS (RFC 7301), and connections after a change of keys. */
class TlsConnectionsTest {

  @TempDir private static Path generated;
  @RegisterExtension final LogWatch log = new LogWatch();

  private static KeyStores stores;

  private final List<String> negotiated = new CopyOnWriteArrayList<>();
  private RawAuthorizationServer as;
  private Path trusted;
  private Settings settings;

  @BeforeAll
  static void makeKeys() throws Exception {
    stores = new KeyStores(generated);
    stores.createKey("as", "CN=as", "-ext", "san=ip:127.0.0.1");
    stores.createKey("another", "CN=another", "-ext", "san=ip:127.0.0.1");
  }

  @BeforeEach
  void start(@TempDir Path mounted) throws Exception {
    as =
        new RawAuthorizationServer(
            socket -> {
              negotiated.add(((SSLSocket) socket).getApplicationProtocol());
              RawAuthorizationServer.text(HttpExchanges.OK).respond(socket);
            });
    trusted = Files.copy(generated.resolve("as.pem"), mounted.resolve("trust.pem"));
    settings =
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint("https://as.example/introspect")
            .clientAuthMethod("none")
            .set("trust-store", trusted.toString())
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    as.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          prefers HTTP/2         | h2 http/1.1 | http/1.1
          prefers HTTP/1.1       | http/1.1 h2 | http/1.1
          supports HTTP/1.1 only | http/1.1    | http/1.1
          ignores ALPN           | ''          | ''
          """)
  void http11IsNegotiated(String server, String supported, String chosen) throws Exception {
    as.enableTls(stores.context("as"), supported.isEmpty() ? new String[0] : supported.split(" "));
    try (var client = new BoundedHttpClient(settings.http())) {
      assertThat(post(client, as.origin()).getBody()).isEqualTo("{}");
    }
    assertThat(negotiated).containsExactly(chosen);
    assertThat(as.requests())
        .singleElement()
        .asString()
        .startsWith("POST /introspect HTTP/1.1\r\n");
  }

  @Test
  void aServerWithHttp2OnlyGetsNoRequest() throws Exception {
    as.enableTls(stores.context("as"), "h2");
    try (var client = new BoundedHttpClient(settings.http())) {
      assertThatThrownBy(() -> post(client, as.origin()))
          .isInstanceOf(IOException.class)
          .extracting(failure -> failure.getClass().getSimpleName())
          .isEqualTo("NoResponseException");
    }
    assertThat(as.requests()).isEmpty();
  }

  @Test
  void aClosedClientOpensNoConnectionWithNewKeys() throws Exception {
    as.enableTls(stores.context("as"));
    BoundedHttpClient client = new BoundedHttpClient(settings.http());
    assertThat(post(client, as.origin()).getStatusCode()).isEqualTo(200);
    client.close();

    Files.writeString(
        trusted,
        Files.readString(generated.resolve("as.pem"))
            + Files.readString(generated.resolve("another.pem")));
    ReloadedTls tls = Objects.requireNonNull(settings.tls);
    var replaced = tls.get();
    tls.reload();
    assertThat(tls.get()).isNotSameAs(replaced);
    assertThatThrownBy(() -> post(client, as.origin())).isInstanceOf(IOException.class);
    assertThat(as.requests()).hasSize(1);
  }
}
