package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsServer;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.HttpsServers;
import dev.gatehouse.testing.KeyStores;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** TLS to the authorization server (RFC 7662 §4), and our client certificate (RFC 8705 §2). */
class TlsTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private static final String PASSWORD = KeyStores.PASSWORD;

  @TempDir private static Path directory;
  private static KeyStores stores;
  private HttpsServer as;
  private volatile String requestBody = "";

  @BeforeAll
  static void makeKeys() throws Exception {
    stores = new KeyStores(directory);
    stores.createKey("as", "CN=as", "-ext", "san=ip:127.0.0.1");
    stores.createKey("mcp", "CN=mcp-filter");
    stores.createKey("elsewhere", "CN=x", "-ext", "san=dns:as.example");
  }

  @BeforeEach
  void start() throws Exception {
    as = HttpsServers.create(0);
  }

  @AfterEach
  void stop() {
    as.stop(0);
  }

  private static String file(String name) {
    return stores.file(name);
  }

  private void startServer(String key, boolean requireClientCertificate) throws Exception {
    SSLContext context = stores.context(key, "mcp");
    as.setHttpsConfigurator(HttpsServers.configurator(context, requireClientCertificate));
    as.createContext(
        "/introspect",
        exchange -> {
          requestBody =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          FakeAuthorizationServer.json(200, "{\"active\":false}").respond(exchange);
          exchange.close();
        });
    as.start();
  }

  /** 401 if the server called the token inactive, 503 if introspection failed. */
  private int status(UnaryOperator<SettingsBuilder> tls) throws Exception {
    try (var server =
        ProtectedServer.guarding(
            new CallerServlet(),
            origin ->
                tls.apply(
                        TestSettings.builder()
                            .resource(origin + "/mcp")
                            .introspectionEndpoint(
                                "https://127.0.0.1:" + as.getAddress().getPort() + "/introspect")
                            .clientId("mcp-filter")
                            .clientSecret(Secrets.CLIENT_SECRET))
                    .build())) {
      return server.get("/mcp", "Authorization", "Bearer unspeakable-token").statusCode();
    }
  }

  @Test
  void aServerWithAnUntrustedCertificateGetsNoRequest() throws Exception {
    log.announce("reason=as_unreachable");
    startServer("as", false);

    assertThat(status(s -> s)).isEqualTo(503);
    assertThat(requestBody).isEmpty();
  }

  @Test
  void aTrustStoreMayBePemOrPkcs12() throws Exception {
    startServer("as", false);

    assertThat(status(s -> s.set("trust-store", file("as.pem")))).isEqualTo(401);
    stores.keytool("-importcert", "-noprompt", "-alias", "trust", "-file", file("as.pem"));
    assertThat(
            status(
                s -> s.set("trust-store", file("trust.p12")).set("trust-store-password", PASSWORD)))
        .isEqualTo(401);
  }

  @Test
  void aCertificateForAnotherHostIsRejected() throws Exception {
    log.announce("reason=as_unreachable");
    startServer("elsewhere", false);

    assertThat(status(s -> s.set("trust-store", file("elsewhere.pem")))).isEqualTo(503);
    assertThat(requestBody).isEmpty();
  }

  @Test
  void theClientCertificateIsPresentedToAServerThatRequiresOne() throws Exception {
    log.announce("reason=as_unreachable");
    startServer("as", true);
    UnaryOperator<SettingsBuilder> trusting = s -> s.set("trust-store", file("as.pem"));

    assertThat(status(trusting)).isEqualTo(503);
    assertThat(
            status(
                s ->
                    trusting
                        .apply(s)
                        .clientAuthMethod("tls_client_auth")
                        .set("key-store", file("mcp.p12"))
                        .set("key-store-password", PASSWORD)))
        .isEqualTo(401);
    assertThat(requestBody).contains("client_id=mcp-filter").doesNotContain("secret");
  }
}
