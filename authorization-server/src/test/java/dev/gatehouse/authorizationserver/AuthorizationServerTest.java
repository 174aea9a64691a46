package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.BrokenStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of the server, and its responses when a store or a client is unavailable. */
class AuthorizationServerTest {

  @Test
  void everyInvalidSettingIsNamedInOneMessageWithItsFix() {
    assertThatThrownBy(
            () ->
                AuthorizationServer.builder()
                    .scopesSupported(Set.of("two words"))
                    .accessTokenLifetime(Duration.ofMillis(1500))
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("issuer: is missing; write")
        .hasMessageContaining("resource: is missing; write")
        .hasMessageContaining("clientRegistry: is missing; write")
        .hasMessageContaining("scopesSupported: \"two words\"")
        .hasMessageContaining("accessTokenLifetime: PT1.5S");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "not a URL, ::, absolute",
    "no scheme, host, absolute",
    "another scheme, ftp://host, absolute",
    "a query, https://host?x, no query",
    "a slash at the end, https://host/, slash",
    "plain http, http://host, in the clear",
  })
  void anInvalidIssuerIsRefused(String what, String issuer, String why) {
    assertThatThrownBy(() -> Demo.server(issuer).build()).hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({"http://localhost:1", "http://127.0.0.1", "http://[::1]:8080/path", "https://host"})
  void loopbackAndHttpsIssuersAreAccepted(String issuer) {
    assertThat(Demo.server(issuer).build()).isNotNull();
  }

  @ParameterizedTest // it is a member of a list, and of a quoted string in challenges
  @ValueSource(strings = {"", " ", "two words", "a\"b", "a\\b", "é", "a\nb"})
  void anInvalidAuthenticationContextClassIsRefused(String acr) {
    assertThatThrownBy(() -> Demo.server("https://host").passwordAcr(acr).build())
        .hasMessageContaining("passwordAcr: \"" + acr + "\" is not");
    assertThatThrownBy(() -> Demo.server("https://host").passwordAcr("a".repeat(1_001)).build())
        .hasMessageContaining("passwordAcr: ");
  }

  @Test
  void everyErrorOfAClientIsNamedInOneMessage() {
    assertThatThrownBy(
            () ->
                RegisteredClient.builder("x")
                    .grantTypes("client_credentials")
                    .scopes("a b")
                    .redirectUris("/relative")
                    .resourceServerFor("https://host#fragment")
                    .build())
        .hasMessageContaining("scope \"a b\"")
        .hasMessageContaining("redirect URI /relative")
        .hasMessageContaining("resource https://host#fragment")
        .hasMessageContaining("client_credentials needs a client that can authenticate")
        .hasMessageContaining("a resource server has to authenticate");
  }

  @Test
  void twoClientsWithOneIdAreRefused() {
    RegisteredClient client = RegisteredClient.builder("twin").secret("s").build();

    assertThatThrownBy(() -> new InMemoryClientRegistry(List.of(client, client)))
        .hasMessageContaining("two clients are called twin");
  }

  @Test
  void toStringContainsNoSecret() {
    RegisteredClient client = RegisteredClient.builder("x").secret("hush-hush").build();
    OpaqueToken token = OpaqueToken.random();

    assertThat(client.toString()).doesNotContain("hush");
    assertThat(client.toString()).doesNotContain(client.secretHash().orElseThrow());
    assertThat(User.withPassword("alice", "hush-hush").toString()).isEqualTo("User[alice]");
    assertThat(token.toString()).doesNotContain(token.value());
    assertThat(token.hash().toString()).doesNotContain(token.hash().value());
    assertThatThrownBy(() -> new TokenHash("token-passed-by-mistake"))
        .hasMessageNotContaining("mistake");
  }

  @LogsWarning({"the store is unavailable", "IntrospectionEndpoint failed"})
  @Test
  void anUnavailableStoreGets503AndABug500NeverInactive() {
    try (TestServer server =
        TestServer.start(
            (origin, context) ->
                Demo.server(origin).tokenStore(new BrokenStore()).build().register(context))) {
      HttpResponse<String> unavailable = Demo.introspect(server, "abc");
      HttpResponse<String> bug = Demo.introspect(server, "bug");

      assertThat(unavailable.statusCode()).isEqualTo(503);
      assertThat(header(unavailable, "Retry-After")).isEqualTo("5");
      assertThat(json(unavailable)).containsEntry("error", "temporarily_unavailable");
      assertThat(bug.statusCode()).isEqualTo(500);
      assertThat(bug.body()).doesNotContain("secret reason");
    }
  }

  @Test
  void aClientWhoseMetadataHostIsDownGets503() {
    try (TestServer server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clientRegistry(
                        id -> {
                          throw new ClientUnreachableException("scripted");
                        })
                    .build()
                    .register(context))) {
      HttpResponse<String> page = new UserAgent(server).open(UserAgent.request());

      assertThat(page.statusCode()).isEqualTo(503);
      assertThat(TestServer.header(page, "Retry-After")).isEqualTo("5");
      assertThat(server.post(Demo.TOKEN, "client_id=public&" + Demo.FROM_CLIENT).statusCode())
          .isEqualTo(503);
    }
  }

  @Test // otherwise a null would surface at the first request
  @SuppressWarnings({"NullAway", "DataFlowIssue"})
  void nullSettingsAreRefusedAtOnce() {
    AuthorizationServer.Builder builder = AuthorizationServer.builder();

    for (ThrowingCallable setter :
        List.<ThrowingCallable>of(
            () -> builder.issuer(null),
            () -> builder.resource(null),
            () -> builder.clientRegistry(null),
            () -> builder.tokenStore(null),
            () -> builder.clock(null),
            () -> builder.accessTokenLifetime(null),
            () -> builder.refreshTokenLifetime(null),
            () -> builder.refreshGrace(null),
            () -> builder.registeredClientLifetime(null),
            () -> builder.userStore(null),
            () -> builder.sessionStore(null),
            () -> builder.scopeDescription(null, "x"),
            () -> builder.scopeDescription("x", null),
            () -> builder.passwordAcr(null),
            () -> builder.signingKey(null),
            () -> builder.rateLimits(null),
            () -> builder.introspectionRateLimit(null),
            () -> builder.failedAuthenticationRateLimit(null),
            () -> builder.registrationRateLimit(null),
            () -> builder.onRevocation(null))) {
      assertThatThrownBy(setter)
          .isInstanceOf(NullPointerException.class)
          .hasMessageMatching("\\w+");
    }
  }

  @Test
  void eachRateLimitIsChargedForItsOwnRequests() {
    TurnedClock clock = new TurnedClock();
    try (TestServer server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clock(clock)
                    .introspectionRateLimit(new InMemoryRateLimit(1, Duration.ofHours(1), clock))
                    .registrationRateLimit(new InMemoryRateLimit(1, Duration.ofHours(1), clock))
                    .build()
                    .register(context))) {
      for (int expected : List.of(200, 429)) {
        assertThat(Demo.introspect(server, "abc").statusCode()).isEqualTo(expected);
      }
      for (int expected : List.of(201, 429)) {
        HttpResponse<String> registered =
            server.send(
                server
                    .request("/oauth/register")
                    .header("Content-Type", "application/json")
                    .POST(
                        BodyPublishers.ofString(
                            "{\"redirect_uris\":[\"https://a.example.com/\"]}")));
        assertThat(registered.statusCode()).isEqualTo(expected);
      }
      for (int i = 0; i < 3; i++) {
        assertThat(
                server.post(Demo.TOKEN, "client", "client-secret", Demo.FROM_CLIENT).statusCode())
            .isEqualTo(200);
      }
    }
  }

  @Test
  void theLifetimesOfTheSettingsAreApplied() {
    TurnedClock clock = new TurnedClock();
    try (TestServer server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clock(clock)
                    .accessTokenLifetime(Duration.ofSeconds(30))
                    .refreshTokenLifetime(Duration.ofSeconds(60))
                    .refreshGrace(Duration.ofSeconds(2))
                    .build()
                    .register(context))) {
      UserAgent browser = new UserAgent(server);
      HttpResponse<String> tokens = browser.redeem(browser.code());
      String refresh = TestServer.text(tokens, "refresh_token");
      assertThat(json(tokens)).containsEntry("expires_in", 30L);

      clock.turn(Duration.ofSeconds(30));
      assertThat(json(Demo.introspect(server, TestServer.text(tokens, "access_token"))))
          .containsEntry("active", false);
      String second = TestServer.text(browser.refresh(refresh), "refresh_token");
      clock.turn(Duration.ofSeconds(2).minusNanos(1));
      assertThat(TestServer.text(browser.refresh(refresh), "refresh_token")).isEqualTo(second);
      clock.turn(Duration.ofSeconds(60));
      assertThat(json(browser.refresh(second))).containsEntry("error", "invalid_grant");
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 404", "true, 400"})
  void registrationCanBeDisabled(boolean allowed, int status) {
    try (TestServer server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin).dynamicRegistration(allowed).build().register(context))) {
      HttpResponse<String> response =
          server.send(
              server
                  .request("/oauth/register")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString("{}")));

      assertThat(response.statusCode()).isEqualTo(status);
    }
  }

  @Test
  void anInsecureIssuerMustBeAllowedExplicitly() {
    assertThatThrownBy(() -> Demo.server("http://host").build())
        .hasMessageContaining("allowInsecureHttp(true)");
    assertThat(Demo.server("http://host").allowInsecureHttp(true).build()).isNotNull();
  }
}
