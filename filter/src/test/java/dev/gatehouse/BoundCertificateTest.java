package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.DpopKey;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.KeyStores;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificate-bound tokens (RFC 8705 §3), and certificates from proxies (RFC 9440). */
class BoundCertificateTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private static Path directory;
  private static KeyStores stores;

  @BeforeAll
  static void makeKeys() throws Exception {
    stores = new KeyStores(directory);
    stores.createKey("mcp", "CN=mcp", "-ext", "san=ip:127.0.0.1");
    stores.createKey("client", "CN=client");
    stores.createKey("other", "CN=other");
  }

  private static byte[] der(String key) throws Exception {
    try (InputStream pem = new FileInputStream(stores.file(key + ".pem"))) {
      return CertificateFactory.getInstance("X.509").generateCertificate(pem).getEncoded();
    }
  }

  private static String thumbprint(String key) throws Exception {
    return DpopKey.encode(MessageDigest.getInstance("SHA-256").digest(der(key)));
  }

  private static String header(String key) throws Exception {
    return ":" + Base64.getEncoder().encodeToString(der(key)) + ":";
  }

  /** A token that is bound to the client's certificate. */
  private static String active(String mcp, String members) throws Exception {
    return "{\"active\":true,\"aud\":\"%s\",\"cnf\":{\"x5t#S256\":\"%s\"%s}}"
        .formatted(mcp, thumbprint("client"), members);
  }

  /** A Jetty that asks for client certificates, but does not require them. */
  private static Server tlsServer(McpAuthFilter filter) throws Exception {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setSslContext(stores.context("mcp", "client", "other"));
    tls.setWantClientAuth(true);
    HttpConfiguration https = new HttpConfiguration();
    https.addCustomizer(new SecureRequestCustomizer(false));
    Server server = new Server();
    ServerConnector connector =
        new ServerConnector(
            server, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(https));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler("/");
    handler.addServletContainerInitializer(
        (classes, context) -> {
          ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
          ProtectedServer.addFilter(context, "gatehouse", filter, "mcp");
        });
    server.setHandler(handler);
    server.start();
    return server;
  }

  private static int status(Server server, SSLContext client) throws Exception {
    int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    return HttpClient.newBuilder()
        .sslContext(client)
        .version(HttpClient.Version.HTTP_1_1)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/mcp"))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + Secrets.token())
                .header("Client-Cert", header("client")) // ignored: no proxy is trusted
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void aBoundTokenNeedsTheCertificateOfItsTlsConnection() throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      as.introspection(json(200, active("https://mcp.example/mcp", "")));
      Server server =
          tlsServer(
              new McpAuthFilter(
                  TestSettings.builder()
                      .resource("https://mcp.example/mcp")
                      .issuer(as.issuer())
                      .introspectionEndpoint(as.introspectionEndpoint())
                      .clientAuthMethod("none")
                      .mtlsBoundTokens("accepted")
                      .build()));
      try {
        assertThat(status(server, stores.context("client", "mcp"))).isEqualTo(200);
        assertThat(status(server, stores.context("other", "mcp"))).isEqualTo(401);
        assertThat(status(server, HttpsTrust.withoutKey(stores))).isEqualTo(401);
        assertThat(log.reasons()).containsExactly("certificate", "certificate");
      } finally {
        server.stop();
      }
    }
  }

  /** A TLS context without a key. */
  private static final class HttpsTrust {

    static SSLContext withoutKey(KeyStores stores) throws Exception {
      stores.createKey("unused", "CN=unused");
      return stores.context("unused", "mcp"); // which the server does not trust, so it is not sent
    }
  }

  private static GuardedServer guarded(String... namesAndValues) throws Exception {
    Map<String, String> changes = new TreeMap<>(Map.of("mtls-bound-tokens", "accepted"));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      changes.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new GuardedServer(changes);
  }

  /** RFC 9440 §2.1, RFC 8941 §3.3.5; CERT stands for the certificate in Base64. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          the certificate|127.0.0.0/8|:CERT:|200
          one of several proxies|10.1.2.3 127.0.0.1|:CERT:|200
          another proxy|10.0.0.0/8|:CERT:|401
          without colons|127.0.0.1|CERT|401
          without the last colon|127.0.0.1|:CERT|401
          a parameter|127.0.0.1|:CERT:;a=1|401
          quotes|127.0.0.1|":CERT:"|401
          two in one line|127.0.0.1|:CERT:, :CERT:|401
          padding too much|127.0.0.1|:CERT=:|401
          a blank inside|127.0.0.1|:CERT :|401
          empty|127.0.0.1|::|401
          one colon|127.0.0.1|:|401
          another certificate|127.0.0.1|:MIIB:|401
          """)
  void theHeaderOfATrustedProxyIsTheClientsCertificate(
      String description, String proxies, String header, int status) throws Exception {
    try (GuardedServer guarded =
        guarded("client-cert-header", "Client-Cert", "client-cert-proxies", proxies)) {
      guarded.as.introspection(json(200, active(guarded.server.mcp(), "")));
      String certificate = header("client");
      String value = header.replace("CERT", certificate.substring(1, certificate.length() - 1));

      assertThat(
              guarded
                  .server
                  .get("/mcp", "Authorization", "Bearer " + Secrets.token(), "Client-Cert", value)
                  .statusCode())
          .isEqualTo(status);
    }
  }

  @Test
  void twoHeadersAreNoCertificateAndNoHeaderIsNone() throws Exception {
    try (GuardedServer guarded =
        guarded("client-cert-header", "Client-Cert", "client-cert-proxies", "127.0.0.1")) {
      guarded.as.introspection(json(200, active(guarded.server.mcp(), "")));
      String token = "Bearer " + Secrets.token();
      String own = header("client");

      assertThat(
              guarded
                  .server
                  .get("/mcp", "Authorization", token, "Client-Cert", own, "Client-Cert", own)
                  .statusCode())
          .isEqualTo(401);
      assertThat(guarded.server.get("/mcp", "Authorization", token).statusCode()).isEqualTo(401);
      assertThat(
              guarded
                  .server
                  .get("/mcp", "Authorization", token, "Client-Cert", header("other"))
                  .statusCode())
          .isEqualTo(401);
      assertThat(log.reasons()).containsOnly("certificate").hasSize(3);
    }
  }

  @Test
  void ifRequiredARequestWithoutCertificateCausesNoIntrospection() throws Exception {
    try (GuardedServer guarded =
        guarded(
            "mtls-bound-tokens",
            "required",
            "client-cert-header",
            "Client-Cert",
            "client-cert-proxies",
            "127.0.0.1",
            "audit-admitted",
            "true")) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(401);
      assertThat(guarded.as.introspectionRequests()).isEmpty();
      guarded.respondActive("");
      String[] headers = {"Authorization", "Bearer " + Secrets.token(), "Client-Cert", ""};
      headers[3] = header("client");
      assertThat(guarded.server.get("/mcp", headers).statusCode()).isEqualTo(401);
      guarded.as.introspection(json(200, active(guarded.server.mcp(), "")));
      headers[1] = "Bearer " + Secrets.token();
      assertThat(guarded.server.get("/mcp", headers).statusCode()).isEqualTo(200);
      assertThat(log.reasons()).containsExactly("certificate", "unbound_token");
      assertThat(log.auditLines().get(2)).contains("outcome=admitted reason=none proof=mtls ");
    }
  }

  /** Both bindings hold. */
  @Test
  void aTokenWithTwoBindingsNeedsBothProofs() throws Exception {
    try (GuardedServer guarded =
        guarded(
            "dpop",
            "accepted",
            "client-cert-header",
            "Client-Cert",
            "client-cert-proxies",
            "127.0.0.1")) {
      DpopKey key = DpopKey.create();
      guarded.as.introspection(
          json(200, active(guarded.server.mcp(), ",\"jkt\":\"" + key.thumbprint() + "\"")));
      String token = Secrets.token();
      Instant now = guarded.clock.instant();
      String mcp = guarded.server.mcp();

      for (String certificate : new String[] {"client", "other"}) {
        for (boolean proof : new boolean[] {true, false}) {
          String text = proof ? key.proof("GET", mcp, token, now.getEpochSecond()).sign() : "none";
          assertThat(
                  guarded
                      .server
                      .get(
                          "/mcp",
                          "Authorization",
                          "DPoP " + token,
                          "DPoP",
                          text,
                          "Client-Cert",
                          header(certificate))
                      .statusCode())
              .isEqualTo(proof && certificate.equals("client") ? 200 : 401);
        }
      }
    }
  }
}
