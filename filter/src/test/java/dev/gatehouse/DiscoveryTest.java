package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static dev.gatehouse.testing.FakeAuthorizationServer.redirect;
import static dev.gatehouse.testing.FakeAuthorizationServer.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.ExpectedRefusal;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.ReceivedRequest;
import dev.gatehouse.testing.HeldResponse;
import dev.gatehouse.testing.LogWatch;
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
 * How the filter learns where to introspect (RFC 8414, OpenID Connect Discovery), and waits its
 * turn.
 */
class DiscoveryTest {

  private static final String OAUTH = "/.well-known/oauth-authorization-server";
  private static final String OPENID = "/.well-known/openid-configuration";
  private static final String ACTIVE = "{\"active\":true,\"aud\":\"https://mcp.example/mcp\"}";

  @RegisterExtension final LogWatch log = new LogWatch();

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
    return ProtectedServer.guarding(servlet, origin -> settings.build());
  }

  private static RawResponse ask(ProtectedServer server) throws IOException {
    return RawClient.send(
        server.port(),
        RawClient.request("POST /mcp", List.of("Authorization: Bearer " + Secrets.token())));
  }

  private List<String> asked() {
    return as.requests().stream().map(ReceivedRequest::path).toList();
  }

  private void assertUnavailable(ProtectedServer server) throws IOException {
    log.announce("reason=as_discovery");
    RawResponse refused = ask(server);
    assertThat(refused.status()).isEqualTo(503);
    new ExpectedRefusal("", "").assertMatches(refused, "-", false);
    assertThat(servlet.calls()).isZero();
    // Nobody has been shown the token.
    assertThat(as.requests()).allSatisfy(q -> assertThat(q.body()).isEmpty());
  }

  @Test
  void theMetadataIsReadOnceAndTheTokenGoesWhereItSays() throws Exception {
    try (var server = guarded(settings(as.issuer()))) {
      assertThat(as.requests()).as("before it is needed").isEmpty();
      assertThat(ask(server).status()).isEqualTo(200);
      assertThat(ask(server).status()).isEqualTo(200);
    }
    assertThat(asked()).containsExactly(OAUTH, "/introspect", "/introspect");
  }

  @Test
  void withoutOAuthMetadataThatOfOpenIdIsRead() throws Exception {
    as.at(OAUTH, response(404, "text/plain", "Not Found")).at(OPENID, json(200, as.metadata()));
    try (var server = guarded(settings(as.issuer()))) {
      assertThat(ask(server).status()).isEqualTo(200);
    }
    assertThat(asked()).containsExactly(OAUTH, OPENID, "/introspect");
  }

  @Test
  void theWellKnownPartGoesBeforeAnIssuersPathAndForOpenIdAfterIt() throws Exception {
    String issuer = as.issuer() + "/realms/x";
    String metadata = as.metadata().replace(as.issuer() + "\"", issuer + "\"");
    as.at("/realms/x" + OPENID, json(200, metadata));
    try (var server = guarded(settings(issuer))) {
      assertThat(ask(server).status()).isEqualTo(200);
    }
    assertThat(asked()).containsExactly(OAUTH + "/realms/x", "/realms/x" + OPENID, "/introspect");
  }

  @Test
  void metadataOfAnotherIssuerIsNotBelieved() throws Exception {
    for (String other : new String[] {as.issuer() + "/", "https://evil.example", ""}) {
      as.at(OAUTH, json(200, as.metadata().replace(as.issuer() + "\",", other + "\",")));
      try (var server = guarded(settings(as.issuer()))) {
        assertUnavailable(server);
      }
    }
    assertThat(log.messages()).anyMatch(m -> m.contains("its issuer differs from the setting"));
  }

  @Test
  void metadataWithoutTheEndpointSaysWhatToSet() throws Exception {
    as.at(OAUTH, json(200, "{\"issuer\":\"" + as.issuer() + "\"}"));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);
    }
    assertThat(log.messages()).anyMatch(m -> m.contains("metadata has no introspection_endpoint"));
  }

  @Test
  void anEndpointInPlainHttpElsewhereIsNotUsed() throws Exception {
    as.at(
        OAUTH, json(200, as.metadata().replace(as.introspectionEndpoint(), "http://as.example/i")));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);
    }
    assertThat(log.messages()).anyMatch(m -> m.contains("plain http to another host"));
  }

  @Test
  void metadataThatIsNoMetadataIsNotBelieved() throws Exception {
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
    assertThat(asked()).doesNotContain(OPENID + "2");
  }

  @Test
  void aServerThatWasDownIsFoundWithoutARestart() throws Exception {
    as.at(OAUTH, json(503, "{}"));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);

      as.at(OAUTH, json(200, as.metadata()));
      assertThat(ask(server).status()).isEqualTo(200);
    }
  }

  @Test
  void anEndpointThatHasMovedIsFoundAnew() throws Exception {
    log.announce("reason=as_answer");
    try (var server = guarded(settings(as.issuer()))) {
      assertThat(ask(server).status()).isEqualTo(200);

      as.introspection(json(404, "{}")).at("/moved", json(200, ACTIVE));
      as.at(OAUTH, json(200, as.metadata().replace("/introspect", "/moved")));

      assertThat(ask(server).status()).isEqualTo(503);
      assertThat(ask(server).status()).isEqualTo(200);
    }
  }

  @Test
  void oneRequestLooksWhileAllOthersWait() throws Exception {
    HeldResponse metadata = new HeldResponse(json(200, as.metadata()));
    as.at(OAUTH, metadata);
    try (var server = guarded(settings(as.issuer()))) {
      List<Future<RawResponse>> answers = askAtOnce(server, 24);
      metadata.awaitRequests(1);
      metadata.release();

      for (Future<RawResponse> each : answers) {
        assertThat(each.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
      }
    }
    assertThat(asked()).filteredOn(OAUTH::equals).hasSize(1);
    assertThat(as.introspectionRequests()).hasSize(24);
  }

  @Test
  void moreThanTheAllowedNumberDoNotWaitForAHangingServer() throws Exception {
    HeldResponse active = new HeldResponse(json(200, ACTIVE));
    as.introspection(active);
    log.announce("reason=busy");
    try (var server =
        guarded(
            settings(as.issuer())
                .introspectionEndpoint(as.introspectionEndpoint())
                .maxConcurrentIntrospections(2))) {
      List<Future<RawResponse>> waiting = askAtOnce(server, 2);
      active.awaitRequests(2);

      RawResponse third = ask(server);

      assertThat(third.status()).isEqualTo(503);
      new ExpectedRefusal("", "").assertMatches(third, "-", false);
      assertThat(log.reasons()).containsExactly("busy");
      assertThat(as.introspectionRequests()).hasSize(2);
      // Whoever brings no token, or none that is one, is answered all the same.
      assertThat(server.get("/mcp").statusCode()).isEqualTo(401);

      active.release();
      for (Future<RawResponse> each : waiting) {
        assertThat(each.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
      }
      assertThat(ask(server).status()).isEqualTo(200);
    }
  }

  private List<Future<RawResponse>> askAtOnce(ProtectedServer server, int count) {
    List<Future<RawResponse>> answers = new ArrayList<>();
    Callable<RawResponse> request = () -> ask(server);
    for (int i = 0; i < count; i++) {
      answers.add(threads.submit(request));
    }
    return answers;
  }

  @Test
  void metadataWithoutTheEndpointIsCompletedByOpenIds() throws Exception {
    as.at(OAUTH, json(200, "{\"issuer\":\"" + as.issuer() + "\"}"));
    as.at(OPENID, json(200, as.metadata()));
    try (var server = ProtectedServer.guarding(servlet, origin -> settings(as.issuer()).build())) {
      assertThat(server.status(Secrets.token())).isEqualTo(200);
    }
  }

  @Test
  void anEndpointThatForgesALineOfTheLogStaysOnItsOwn() throws Exception {
    as.at(OAUTH, json(200, as.metadata().replace("/introspect\"", "/a\\nb\\u001b[31m\"")));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);
      assertThat(log.messages())
          .allSatisfy(line -> assertThat(line).doesNotContain("\n", "\u001b"));
    }
  }

  @Test
  void anEndpointAtAPortThatThereIsNotIsAnOutage() throws Exception {
    as.at(OAUTH, json(200, as.metadata().replace("/introspect\"", "9/introspect\"")));
    try (var server = guarded(settings(as.issuer()))) {
      assertUnavailable(server);
    }
  }
}
