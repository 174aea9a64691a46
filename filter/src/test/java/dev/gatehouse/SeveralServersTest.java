package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.JwtSigner;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestJwt;
import dev.gatehouse.testing.TestSettings;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Several authorization servers: a token goes only to the servers that may know it, and no server
 * vouches for another.
 */
class SeveralServersTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private FakeAuthorizationServer one;
  private FakeAuthorizationServer two;
  private ProtectedServer server;

  @BeforeEach
  void start() throws Exception {
    one = new FakeAuthorizationServer();
    two = new FakeAuthorizationServer();
    guard(s -> s.set("server.two.token-prefix", "two_"));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    one.close();
    two.close();
  }

  private void guard(UnaryOperator<SettingsBuilder> more) throws Exception {
    if (server != null) {
      server.close();
    }
    server =
        ProtectedServer.guarding(
            new CallerServlet(),
            origin ->
                more.apply(
                        TestSettings.builder()
                            .resource(origin + "/mcp")
                            .set("servers", "one two")
                            .set("server.one.issuer", one.issuer())
                            .set("server.one.client-id", "at-one")
                            .set("server.one.client-secret", "unspeakable-one")
                            .set("server.two.issuer", two.issuer())
                            .set("server.two.client-id", "at-two")
                            .set("server.two.client-secret", "unspeakable-two"))
                    .build());
  }

  private void respondActive(FakeAuthorizationServer as, String issuer) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"aud\":\"%s\",\"token_type\":\"Bearer\",\"iss\":\"%s\"}"
                .formatted(server.mcp(), issuer)));
  }

  private static String jwtOf(String issuer) {
    String payload = "{\"iss\":\"" + issuer + "\"}";
    return "unspeakable."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(payload.getBytes(StandardCharsets.UTF_8))
        + ".c2ln";
  }

  @Test
  void aJwtIsSentOnlyToItsIssuer() throws Exception {
    respondActive(one, one.issuer());
    respondActive(two, two.issuer());

    assertThat(server.status(jwtOf(one.issuer()))).isEqualTo(200);
    assertThat(one.introspectionRequests()).hasSize(1);
    assertThat(two.introspectionRequests()).isEmpty();
  }

  @Test
  void aPrefixSelectsTheServerOfAnOpaqueToken() throws Exception {
    respondActive(two, two.issuer());

    assertThat(server.status("two_unspeakable")).isEqualTo(200);
    assertThat(one.introspectionRequests()).isEmpty();
  }

  @Test
  void aTokenWithoutAKnownIssuerIsSentToNoServer() throws Exception {
    respondActive(one, one.issuer());

    assertThat(server.status("unspeakable")).isEqualTo(401);
    assertThat(server.status(jwtOf("https://elsewhere.example"))).isEqualTo(401);
    assertThat(one.introspectionRequests()).isEmpty();
    assertThat(two.introspectionRequests()).isEmpty();
  }

  @Test
  void aResponseWithAnotherServersIssuerIsRefused() throws Exception {
    respondActive(one, two.issuer());

    assertThat(server.status(jwtOf(one.issuer()))).isEqualTo(401);
  }

  @Test
  void theLongestPrefixDecidesSoThatTheOtherServerDoesNotLearnTheToken() throws Exception {
    guard(s -> s.set("server.one.token-prefix", "t_").set("server.two.token-prefix", "t_two_"));
    respondActive(one, one.issuer());
    respondActive(two, two.issuer());

    assertThat(server.status("t_two_unspeakable")).isEqualTo(200);
    assertThat(one.introspectionRequests()).isEmpty();
    assertThat(server.status("t_unspeakable")).isEqualTo(200);
    assertThat(two.introspectionRequests()).hasSize(1);
  }

  @Test
  void inOrderSelectionMustBeConfiguredAndSkipsServersWithAPrefix() throws Exception {
    guard(s -> s.set("server-selection", "in-order").set("server.two.token-prefix", "two_"));
    respondActive(one, one.issuer());

    assertThat(server.status("unspeakable")).isEqualTo(200);
    assertThat(two.introspectionRequests()).isEmpty();
  }

  @Test
  void inOrderAnUnavailableServerOutweighsAnInactiveResult() throws Exception {
    log.announce("reason=as_answer");
    guard(s -> s.set("server-selection", "in-order"));
    one.introspection(json(500, "{}"));

    assertThat(server.status("unspeakable")).isEqualTo(503);

    respondActive(two, two.issuer());
    assertThat(server.status("unspeakable-2")).isEqualTo(200);

    two.introspection(json(503, "{}"));
    one.introspection(json(200, "{\"active\":false}"));
    assertThat(server.status("unspeakable-3")).isEqualTo(503);
  }

  @Test
  void inOrderACachedResultOfTheSecondServerNeedsNoIntrospection() throws Exception {
    guard(s -> s.set("server-selection", "in-order"));
    one.introspection(json(200, "{\"active\":false}"));
    respondActive(two, two.issuer());
    assertThat(server.status("unspeakable")).isEqualTo(200);
    one.introspection(json(500, "{}"));

    assertThat(server.status("unspeakable")).isEqualTo(200);
    assertThat(one.introspectionRequests()).hasSize(1);
    assertThat(two.introspectionRequests()).hasSize(1);
  }

  @Test
  void eachServerGetsItsOwnCredentialsAndTheMetadataNamesBoth() throws Exception {
    respondActive(two, two.issuer());
    assertThat(server.status("two_unspeakable")).isEqualTo(200);

    assertThat(two.introspectionRequests().get(0).header("Authorization"))
        .isEqualTo(
            "Basic "
                + Base64.getEncoder()
                    .encodeToString("at-two:unspeakable-two".getBytes(StandardCharsets.UTF_8)));
    assertThat(server.get("/.well-known/oauth-protected-resource/mcp").body())
        .contains("\"authorization_servers\":[\"" + one.issuer() + "\",\"" + two.issuer() + "\"]");
  }

  @Test
  void aValidTokenOfTheSecondServerIsNotCountedAsInvalid() throws Exception {
    guard(s -> s.set("server-selection", "in-order").set("max-bad-tokens-per-minute", "2"));

    respondActive(two, two.issuer());
    for (int i = 0; i < 4; i++) {
      assertThat(server.status(Secrets.token())).isEqualTo(200);
    }

    two.introspection(json(200, "{\"active\":false}"));
    assertThat(server.status(Secrets.token())).isEqualTo(401);
    assertThat(server.status(Secrets.token()))
        .isEqualTo(401); // one charge for each token, not for each server
    assertThat(server.status(Secrets.token())).isEqualTo(429);
  }

  /** Key confusion: only the keys of the token's issuer count, and nobody is asked. */
  @Test
  void aJwtVerifiesOnlyWithTheKeysOfItsIssuer() throws Exception {
    guard(
        s ->
            s.set("server.one.token-validation", "jwt")
                .set("server.two.token-validation", "jwt-or-introspection"));
    JwtSigner first = JwtSigner.of("ES256", "same-id");
    JwtSigner second = JwtSigner.of("RS256", "same-id");
    one.keys(first);
    two.keys(second);

    assertThat(server.status(jwt(first, one.issuer()))).isEqualTo(200);
    assertThat(server.status(jwt(second, two.issuer()))).isEqualTo(200);
    assertThat(server.status(jwt(second, one.issuer()))).isEqualTo(401);
    assertThat(server.status(jwt(first, two.issuer()))).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("signature", "signature");
    assertThat(one.introspectionRequests()).isEmpty();
    assertThat(two.introspectionRequests()).isEmpty();
  }

  @Test
  void aJwtOfAnUnknownIssuerCausesNoRequest() throws Exception {
    guard(s -> s.set("server.one.token-validation", "jwt").set("server-selection", "in-order"));
    one.keys(JwtSigner.of("ES256", "first"));

    assertThat(server.status(jwt(JwtSigner.of("ES256", "first"), "https://elsewhere.example")))
        .isEqualTo(401);
    assertThat(log.reasons()).containsExactly("issuer");
    assertThat(one.requests()).isEmpty();
    assertThat(two.requests()).isEmpty();
  }

  @Test
  void inOrderAnOpaqueTokenSkipsServersThatOnlyVerifyJwts() throws Exception {
    guard(
        s ->
            s.set("server.one.token-validation", "jwt-and-introspection")
                .set("server-selection", "in-order"));
    respondActive(two, two.issuer());

    assertThat(server.status("unspeakable")).isEqualTo(200);
    assertThat(one.requests()).isEmpty();
  }

  /** A prefix selects a server, but not its keys for another's tokens. */
  @Test
  void aPrefixDoesNotMakeAJwtAnothersToken() throws Exception {
    guard(s -> s.set("server.one.token-validation", "jwt").set("server.one.token-prefix", "eyJ"));
    JwtSigner first = JwtSigner.of("ES256", "first");
    one.keys(first);

    assertThat(server.status(jwt(first, one.issuer()))).isEqualTo(200);
    assertThat(server.status(jwt(first, two.issuer()))).isEqualTo(401);
    assertThat(two.introspectionRequests()).isEmpty();
  }

  private String jwt(JwtSigner signer, String issuer) {
    return TestJwt.accessToken(signer, issuer, server.mcp(), Instant.now()).signed();
  }
}
