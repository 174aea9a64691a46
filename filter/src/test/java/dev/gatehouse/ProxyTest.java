package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.ClosedPort;
import dev.gatehouse.testing.FakeForwardProxy;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.SystemProperties;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A filter that reaches its authorization server, whose name only the proxy knows, by a proxy. */
class ProxyTest {

  private static final String METADATA =
      """
      {"issuer":"http://as.internal","introspection_endpoint":"http://as.internal/introspect",\
      "token_endpoint":"http://as.internal/token"}""";

  private static final String OLD = Secrets.MARKER + "-old-password";
  private static final String NEW = Secrets.MARKER + "-new-password";

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;
  private FakeForwardProxy proxy;

  @BeforeEach
  void start() throws Exception {
    proxy = new FakeForwardProxy();
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  private GuardedServer guarded(Map<String, String> changed) throws Exception {
    Map<String, String> all = new TreeMap<>();
    all.put("issuer", "http://as.internal");
    all.put("introspection-endpoint", "http://as.internal/introspect");
    all.put("allow-insecure-http", "true");
    all.put("proxy", proxy.address());
    all.putAll(changed);
    GuardedServer guarded = new GuardedServer(all);
    proxy.leads("as.internal:80", guarded.as.port());
    guarded.as.at("/.well-known/oauth-authorization-server", json(200, METADATA));
    guarded.respondActive("\"iss\":\"http://as.internal\"");
    return guarded;
  }

  private static String basic(String password) {
    byte[] bytes = ("filter:" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void everyRequestToTheAuthorizationServerGoesThroughTheProxy() throws Exception {
    try (GuardedServer guarded =
        guarded(
            Map.of(
                "introspection-endpoint", "",
                "client-auth-method", "bearer",
                "forward-authorization-server-metadata", "true"))) {
      guarded.as.at(
          "/token",
          json(
              200,
              "{\"access_token\":\"%s-own\",\"token_type\":\"Bearer\"}".formatted(Secrets.MARKER)));

      assertThat(guarded.server.get("/.well-known/oauth-authorization-server").body())
          .contains("http://as.internal/token");
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
      var unused = guarded.filter.selfTest();

      assertThat(proxy.requestLines())
          .contains(
              "GET http://as.internal/.well-known/oauth-authorization-server HTTP/1.1",
              "POST http://as.internal/token HTTP/1.1",
              "POST http://as.internal/introspect HTTP/1.1")
          .hasSameSizeAs(guarded.as.requests());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token_service:8080",
        "_as:80",
        "as_1.prod_net.internal:8080",
        "as.internal:8081",
        "nosuchhost.invalid:80"
      })
  void theProxyResolvesTheNameOfTheServer(String server) throws Exception {
    try (GuardedServer guarded =
        guarded(Map.of("introspection-endpoint", "http://" + server + "/introspect"))) {
      proxy.leads(server, guarded.as.port());

      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
      assertThat(guarded.as.introspectionRequests())
          .singleElement()
          .satisfies(request -> assertThat(server + ":80").startsWith(request.header("Host")));
    }
    assertThat(proxy.requests()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}, status {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https | 407 | as_unreachable | responded with 407; set proxy-credentials-file
          https | 403 | as_unreachable | responded with 403; allow connections to this server there
          https | 502 | as_unreachable | responded with 502
          https | 504 | as_unreachable | responded with 504
          http  | 407 | as_unreachable | responded with 407; set proxy-credentials-file
          http  | 403 | as_credentials | response status 403 through the proxy
          http  | 502 | as_answer      | response status 502 through the proxy
          http  | 504 | as_answer      | response status 504 through the proxy
          """)
  void aRefusalOfTheProxyMeans503AndOneLogEntry(
      String scheme, int status, String reason, String finding) throws Exception {
    log.announce("reason=" + reason);
    proxy.setBehaviour(
        RawAuthorizationServer.text("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n"));
    try (GuardedServer guarded =
        guarded(Map.of("introspection-endpoint", scheme + "://as.internal/introspect"))) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(503);
      assertThat(guarded.as.requests()).isEmpty();
    }
    assertThat(log.messages())
        .filteredOn(line -> line.startsWith("WARN ") || line.startsWith("ERROR "))
        .singleElement()
        .asString()
        .contains(finding, "the proxy " + proxy.address());
  }

  @Test
  void aFailedDiscoveryNamesTheProxy() throws Exception {
    log.announce("reason=as_discovery");
    proxy.setBehaviour(RawAuthorizationServer.text("HTTP/1.1 403 X\r\nContent-Length: 0\r\n\r\n"));
    try (GuardedServer guarded = guarded(Map.of("introspection-endpoint", ""))) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(503);
    }
    assertThat(log.messages())
        .filteredOn(line -> line.startsWith("WARN ") || line.startsWith("ERROR "))
        .singleElement()
        .asString()
        .contains("responded with 403 through the proxy " + proxy.address());
  }

  @Test
  void theSelfTestNamesAProxyThatCannotBeReached() throws Exception {
    log.announce("reason=as_unreachable");
    try (var port = new ClosedPort();
        GuardedServer guarded = guarded(Map.of("proxy", port.origin()))) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(503);
      assertThat(guarded.filter.selfTest().findings())
          .filteredOn(finding -> finding.code().equals("server_unreachable"))
          .singleElement()
          .extracting(SelfTestReport.Finding::description)
          .asString()
          .contains("the proxy " + port.origin() + " can't be reached");
      assertThat(guarded.as.requests()).isEmpty();
    }
  }

  @Test
  void replacedCredentialsAreUsedWithoutALostRequest() throws Exception {
    Path file = Files.writeString(directory.resolve("proxy"), "filter:" + OLD + "\n");
    proxy.require(basic(OLD));
    try (GuardedServer guarded = guarded(Map.of("proxy-credentials-file", file.toString()))) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);

      proxy.require(basic(NEW));
      Files.writeString(file, "filter:" + NEW);
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);

      assertThat(guarded.as.requests())
          .hasSize(2)
          .allSatisfy(
              request -> assertThat(request.headers()).doesNotContainKeys("Proxy-authorization"));
    }
    assertThat(proxy.requests()).as("one refused").hasSize(3);
    assertThat(log.messages("INFO"))
        .anyMatch(line -> line.contains("proxy-credentials-file has changed and is in use"));
  }

  @Test
  void aServerOnLoopbackIsReachedDirectly() throws Exception {
    try (GuardedServer guarded =
        guarded(Map.of("issuer", "{issuer}", "introspection-endpoint", "{issuer}/introspect"))) {
      guarded.respondActive("");
      assertThat(guarded.status(Secrets.token())).isEqualTo(200);
    }
    assertThat(proxy.requests()).isEmpty();
  }

  @Test
  void theJvmsProxyIsUsedIfConfigured() throws Exception {
    try (var properties = new SystemProperties(List.of("http.proxyHost", "http.proxyPort"))) {
      properties.set("http.proxyHost", "127.0.0.1");
      properties.set("http.proxyPort", String.valueOf(proxy.port()));
      try (GuardedServer guarded = guarded(Map.of("proxy", "jvm"))) {
        assertThat(guarded.status(Secrets.token())).isEqualTo(200);
      }
    }
    assertThat(proxy.requests()).hasSize(1);
  }

  @Test
  void theJvmsProxyIsNotUsedUnlessConfigured() throws Exception {
    log.announce("reason=as_unreachable");
    try (var properties = new SystemProperties(List.of("http.proxyHost", "http.proxyPort"))) {
      properties.set("http.proxyHost", "127.0.0.1");
      properties.set("http.proxyPort", String.valueOf(proxy.port()));
      try (GuardedServer guarded =
          guarded(Map.of("proxy", "", "introspection-endpoint", "http://as.invalid/introspect"))) {
        assertThat(guarded.status(Secrets.token())).isEqualTo(503);
      }
    }
    assertThat(proxy.requests()).isEmpty();
  }
}
