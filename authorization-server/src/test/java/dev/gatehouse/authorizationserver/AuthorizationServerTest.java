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
import dev.gatehouse.authorizationserver.testing.BrokenStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
}
