package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.encoded;
import static dev.gatehouse.testing.FakeAuthorizationServer.gzip;
import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static dev.gatehouse.testing.FakeAuthorizationServer.redirect;
import static dev.gatehouse.testing.FakeAuthorizationServer.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.discovery.SharedFetch;
import dev.gatehouse.testing.ExpectedRefusal;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.ReceivedRequest;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Discovery of the introspection endpoint (RFC 8414, OpenID Connect Discovery), and the limit on
 * concurrent introspections.
 */
class DiscoveryTest {

  private static final String OAUTH = "/.well-known/oauth-authorization-server";
  private static final String OPENID = "/.well-known/openid-configuration";
  private static final String ACTIVE = "{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}";

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private final CallerServlet servlet = new CallerServlet();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private FakeAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer().introspection(json(200, ACTIVE));
  }

  @AfterEach
  void stop() {
    as.close();
    threads.shutdownNow();
  }

  private SettingsBuilder settings(String issuer) {
    return TestSettings.builder()
        .resource("https://mcp.example/mcp")
        .issuer(issuer)
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET);
  }

  private ProtectedServer guarded(SettingsBuilder settings) throws Exception {
    return ProtectedServer.guarding(servlet, clock, origin -> settings.build());
  }

  private static RawResponse call(ProtectedServer server) throws IOException {
    return RawClient.send(
        server.port(),
        RawClient.request("POST /mcp", List.of("Authorization: Bearer " + Secrets.token())));
  }

  private List<String> requestedPaths() {
    return as.requests().stream().map(ReceivedRequest::path).toList();
  }

  private void assertUnavailable(ProtectedServer server) throws IOException {
    log.announce("reason=as_discovery");
    RawResponse refused = call(server);
    assertThat(refused.status()).isEqualTo(503);
    new ExpectedRefusal("", "").assertMatches(refused, "-", false);
    assertThat(servlet.calls()).isZero();
    // No server has received the token.
    assertThat(as.requests()).allSatisfy(q -> assertThat(q.body()).isEmpty());
  }

  @Test
  void metadataIsReadOnceAndItsEndpointIsUsed() throws Exception {
    try (var server = guarded(settings(as.issuer()))) {
      assertThat(as.requests()).as("before it is needed").isEmpty();
      assertThat(call(server).status()).isEqualTo(200);
      assertThat(call(server).status()).isEqualTo(200);
    }
    assertThat(requestedPaths()).containsExactly(OAUTH, "/introspect", "/introspect");
  }

  @Test
  void compressedMetadataIsRead() throws Exception {
    as.at(OAUTH, encoded(200, "gzip", gzip(as.metadata())));
    try (var server = guarded(settings(as.issuer()))) {
      assertThat(call(server).status()).isEqualTo(200);
    }
  }

  @Test
  void metadataWithAnotherCodingIsUnavailable() throws Exception {
    as.at(OAUTH, encoded(200, "br", gzip(as.metadata()))).at(OPENID, json(404, ""));
    try (var server = guarded(settings(as.issuer()))) {
      log.announce("unsupported content coding [br]");
      assertUnavailable(server);
    }
  }

  @Test
  void openIdMetadataIsReadIfThereIsNoOAuthMetadata() throws Exception {
    as.at(OAUTH, response(404, "text/plain", "Not Found")).at(OPENID, json(200, as.metadata()));
    try (var server = guarded(settings(as.issuer()))) {
      assertThat(call(server).status()).isEqualTo(200);
    }
    assertThat(requestedPaths()).containsExactly(OAUTH, OPENID, "/introspect");
  }

  @Test
  void theWellKnownPartGoesBeforeTheIssuersPathAndForOpenIdAfterIt() throws Exception {
    String issuer = as.issuer() + "/realms/x";
    String metadata = as.metadata().replace(as.issuer() + "\"", issuer + "\"");
    as.at("/realms/x" + OPENID, json(200, metadata));
    try (var server = guarded(settings(issuer))) {
      assertThat(call(server).status()).isEqualTo(200);
    }
    assertThat(requestedPaths())
        .containsExactly(OAUTH + "/realms/x", "/realms/x" + OPENID, "/introspect");
  }

  @Test
  void metadataOfAnotherIssuerIsRejected() throws Exception {
    for (String other : new String[] {as.issuer() + "/", "https://evil.example", ""}) {
      as.at(OAUTH, json(200, as.metadata().replace(as.issuer() + "\",", other + "\",")));
      try (var server = guarded(settings(as.issuer()))) {
        assertUnavailable(server);
      }
    }
    assertThat(log.messages()).anyMatch(m -> m.contains("its issuer differs from the setting"));
  }

  @Test
  void metadataWithoutAnIntrospectionEndpointIsReported() throws Exception {
    as.at(OAUTH, json(200, "{\"issuer\":\"" + as.issuer() + "\"}"));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);
    }
    assertThat(log.messages()).anyMatch(m -> m.contains("metadata has no introspection_endpoint"));
  }

  @Test
  void aPlainHttpEndpointOnAnotherHostIsRejected() throws Exception {
    as.at(
        OAUTH, json(200, as.metadata().replace(as.introspectionEndpoint(), "http://as.example/i")));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);
    }
    assertThat(log.messages()).anyMatch(m -> m.contains("plain http to another host"));
  }

  @Test
  void invalidMetadataIsRejected() throws Exception {
    String twice = as.metadata().replace("{", "{\"issuer\":\"https://evil.example\",");
    for (var broken :
        List.of(
            json(500, as.metadata()),
            response(200, "text/html", "<html>"),
            json(200, "[]"),
            json(200, ""),
            json(200, twice),
            json(200, as.metadata().replace("\"" + as.introspectionEndpoint() + "\"", "7")),
            json(200, as.metadata().replace(as.introspectionEndpoint(), "/introspect")),
            json(200, as.metadata().replace(as.introspectionEndpoint(), "ht!tp://[")),
            redirect(302, as.issuer() + OPENID + "2"))) {
      as.at(OAUTH, broken);
      try (var server = guarded(settings(as.issuer()))) {
        assertUnavailable(server);
      }
    }
    assertThat(requestedPaths()).doesNotContain(OPENID + "2");
  }

  @Test
  void discoveryIsRetriedAfterAnOutage() throws Exception {
    as.at(OAUTH, json(503, "{}"));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);

      as.at(OAUTH, json(200, as.metadata()));
      clock.advance(SharedFetch.PAUSE);
      assertThat(call(server).status()).isEqualTo(200);
    }
  }

  @Test
  void aMovedEndpointIsDiscoveredAgain() throws Exception {
    log.announce("reason=as_answer");
    try (var server = guarded(settings(as.issuer()))) {
      assertThat(call(server).status()).isEqualTo(200);

      as.introspection(json(404, "{}")).at("/moved", json(200, ACTIVE));
      as.at(OAUTH, json(200, as.metadata().replace("/introspect", "/moved")));

      assertThat(call(server).status()).isEqualTo(503);
      assertThat(call(server).status()).isEqualTo(200);
    }
  }

  @Test
  void concurrentRequestsShareOneDiscovery() throws Exception {
    HeldResponse metadata = new HeldResponse(json(200, as.metadata()));
    as.at(OAUTH, metadata);
    try (var server = guarded(settings(as.issuer()))) {
      List<Future<RawResponse>> responses = callConcurrently(server, 24);
      metadata.awaitRequests(1);
      metadata.release();

      for (Future<RawResponse> each : responses) {
        assertThat(each.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
      }
    }
    assertThat(requestedPaths()).filteredOn(OAUTH::equals).hasSize(1);
    assertThat(as.introspectionRequests()).hasSize(24);
  }

  @Test
  void requestsBeyondTheLimitAreRefusedWhileTheServerHangs() throws Exception {
    HeldResponse active = new HeldResponse(json(200, ACTIVE));
    as.introspection(active);
    log.announce("reason=busy");
    try (var server =
        guarded(
            settings(as.issuer())
                .introspectionEndpoint(as.introspectionEndpoint())
                .maxConcurrentIntrospections(2))) {
      List<Future<RawResponse>> waiting = callConcurrently(server, 2);
      active.awaitRequests(2);

      RawResponse third = call(server);

      assertThat(third.status()).isEqualTo(503);
      new ExpectedRefusal("", "").assertMatches(third, "-", false);
      assertThat(log.reasons()).containsExactly("busy");
      assertThat(as.introspectionRequests()).hasSize(2);
      // A request without a token needs no introspection.
      assertThat(server.get("/mcp").statusCode()).isEqualTo(401);

      active.release();
      for (Future<RawResponse> each : waiting) {
        assertThat(each.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
      }
      assertThat(call(server).status()).isEqualTo(200);
    }
  }

  private List<Future<RawResponse>> callConcurrently(ProtectedServer server, int count) {
    List<Future<RawResponse>> responses = new ArrayList<>();
    Callable<RawResponse> request = () -> call(server);
    for (int i = 0; i < count; i++) {
      responses.add(threads.submit(request));
    }
    return responses;
  }

  @Test
  void openIdMetadataSuppliesAMissingEndpoint() throws Exception {
    as.at(OAUTH, json(200, "{\"issuer\":\"" + as.issuer() + "\"}"));
    as.at(OPENID, json(200, as.metadata()));
    try (var server = ProtectedServer.guarding(servlet, origin -> settings(as.issuer()).build())) {
      assertThat(server.status(Secrets.token())).isEqualTo(200);
    }
  }

  @Test
  void anEndpointWithControlCharactersCannotForgeALogLine() throws Exception {
    as.at(OAUTH, json(200, as.metadata().replace("/introspect\"", "/a\\nb\\u001b[31m\"")));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);
      assertThat(log.messages())
          .allSatisfy(line -> assertThat(line).doesNotContain("\n", "\u001b"));
    }
  }

  @Test
  void anEndpointWithAnInvalidPortMeans503() throws Exception {
    as.at(OAUTH, json(200, as.metadata().replace("/introspect\"", "9/introspect\"")));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);
    }
  }
}
