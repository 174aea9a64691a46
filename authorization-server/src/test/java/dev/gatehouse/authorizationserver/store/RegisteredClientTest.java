package dev.gatehouse.authorizationserver.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegisteredClientTest {
  private static final String JWKS =
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
          + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
          + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";

  @Test
  void aClientHasNoPermissionThatItWasNotGiven() {
    RegisteredClient client = RegisteredClient.builder("client").build();

    assertThat(client.name()).isEqualTo("client");
    assertThat(client.grantTypes()).isEmpty();
    assertThat(client.scopes()).isEmpty();
    assertThat(client.redirectUris()).isEmpty();
    assertThat(client.resources()).isEmpty();
    assertThat(client.alsoIntrospects()).isEmpty();
    assertThat(client.mayIntrospect()).isFalse();
    assertThat(client.selfRegistered()).isFalse();
    assertThat(client.jwks()).isEmpty();
    assertThat(client.jwksUri()).isEmpty();
    assertThat(client.secretHash()).isEmpty();
    assertThat(client.hasSecret("")).isFalse();
    assertThat(client.mayUse("authorization_code")).isFalse();
  }

  @Test
  void theMethodsFollowFromTheCredentialsWhenNotSet() {
    assertThat(RegisteredClient.builder("c").build().authMethods()).containsExactly("none");
    assertThat(RegisteredClient.builder("c").secret("s").build().authMethods())
        .containsExactly("client_secret_basic", "client_secret_post");
    assertThat(RegisteredClient.builder("c").jwks(JWKS).build().authMethods())
        .containsExactly("private_key_jwt");
    assertThat(RegisteredClient.builder("c").jwksUri("https://a.example.com").build().authMethods())
        .containsExactly("private_key_jwt");
    assertThat(RegisteredClient.builder("c").secret("s").authMethods("none").build().authMethods())
        .containsExactly("none");
  }

  private static Arguments rule(
      String what, Consumer<RegisteredClient.Builder> settings, String message) {
    return Arguments.of(what, settings, message);
  }

  static Stream<Arguments> brokenRules() {
    return Stream.of(
        rule("a scope of two words", c -> c.scopes("a b"), "scope \"a b\" is not a scope token"),
        rule(
            "keys and their address",
            c -> c.jwks(JWKS).jwksUri("https://a.example.com"),
            "has keys and an address of keys"),
        rule(
            "an address of keys without the method",
            c -> c.jwksUri("https://a.example.com").authMethods("none"),
            "private_key_jwt and the client's public keys go together"),
        rule(
            "an address of keys with http",
            c -> c.jwksUri("http://a.example.com"),
            "the address of its keys must be an https URL"),
        rule(
            "an address of keys that is too long",
            c -> c.jwksUri("https://a.example.com/" + "x".repeat(979)),
            "the address of its keys must be an https URL"),
        rule("an empty scope", c -> c.scopes(""), "scope \"\" is not a scope token"),
        rule("a relative redirect URI", c -> c.redirectUris("/cb"), "redirect URI /cb must be"),
        rule(
            "a redirect URI with a fragment",
            c -> c.redirectUris("https://a.example.com/#"),
            "must be absolute, in ASCII"),
        rule(
            "a redirect URI with a port that does not exist",
            c -> c.redirectUris("http://127.0.0.1:99999/"),
            "a port from 1 to 65535"),
        rule(
            "a redirect URI that is not ASCII",
            c -> c.redirectUris("https://a.example.com/é"),
            "in ASCII"),
        rule(
            "a redirect URI that runs a script",
            c -> c.redirectUris("javascript:alert(1)"),
            "must open a client"),
        rule(
            "a redirect URI that is none",
            c -> c.redirectUris("https://a b"),
            "redirect URI https://a b must be absolute"),
        rule(
            "a relative resource",
            c -> c.secret("s").resourceServerFor("mcp"),
            "resource mcp must be an absolute URI"),
        rule(
            "a resource with a fragment",
            c -> c.secret("s").resourceServerFor("https://a.example.com/#x"),
            "must be an absolute URI without a fragment"),
        rule(
            "an unknown method",
            c -> c.secret("s").authMethods("tls_client_auth"),
            "authentication method tls_client_auth is not supported; write one of"),
        rule(
            "the method of keys without keys",
            c -> c.authMethods("private_key_jwt"),
            "private_key_jwt and the client's public keys go together"),
        rule(
            "keys without their method",
            c -> c.jwks(JWKS).secret("s"),
            "private_key_jwt and the client's public keys go together"),
        rule(
            "basic without a secret",
            c -> c.authMethods("client_secret_basic"),
            "client_secret_basic and client_secret_post need a secret"),
        rule(
            "post without a secret",
            c -> c.authMethods("client_secret_post", "none"),
            "client_secret_basic and client_secret_post need a secret"),
        rule(
            "keys that are none",
            c -> c.jwks("{}"),
            "the keys must be a JWK set in JSON of one to four public keys"),
        rule(
            "an introspecting client without resources",
            c -> c.secret("s").mayAlsoIntrospect("https://a.example.com/"),
            "only a resource server may introspect"),
        rule(
            "client_credentials of a public client",
            c -> c.grantTypes("client_credentials"),
            "client_credentials needs a client that can authenticate"),
        rule(
            "client_credentials of a client that may also be public",
            c -> c.secret("s").authMethods("none").grantTypes("client_credentials"),
            "client_credentials needs a client that can authenticate"),
        rule(
            "a public resource server",
            c -> c.resourceServerFor("https://a.example.com/"),
            "a resource server has to authenticate"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenRules")
  void aBrokenRuleIsNamedWithItsFixAndNothingElse(
      String what, Consumer<RegisteredClient.Builder> settings, String message) {
    RegisteredClient.Builder builder = RegisteredClient.builder("client");
    settings.accept(builder);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("client client: ")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void aClientNeedsAnId(String id) {
    assertThatThrownBy(() -> RegisteredClient.builder(id).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a client has an empty id");
  }

  @Test
  void allBrokenRulesAreInOneMessage() {
    assertThatThrownBy(
            () ->
                RegisteredClient.builder("c").scopes("a b", "c\"d").redirectUris("x", "y").build())
        .message()
        .satisfies(message -> assertThat(message.split("\n")).hasSize(4));
  }

  @Test
  void setsKeepTheirOrderAndCannotBeChanged() {
    RegisteredClient.Builder builder = RegisteredClient.builder("c").scopes("b", "a");
    RegisteredClient client = builder.build();
    builder.scopes("later");

    assertThat(client.scopes()).containsExactly("b", "a");
    for (var set :
        List.of(
            client.scopes(),
            client.grantTypes(),
            client.redirectUris(),
            client.authMethods(),
            client.resources(),
            client.alsoIntrospects(),
            RegisteredClient.AUTH_METHODS)) {
      assertThatThrownBy(() -> set.add("x")).isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void aSecretIsRecognizedAlsoAfterItsHashWasStored() {
    RegisteredClient client = RegisteredClient.builder("client").secret("hush").build();
    RegisteredClient restored =
        RegisteredClient.builder("client").secretHash(client.secretHash().orElseThrow()).build();

    assertThat(restored.hasSecret("hush")).isTrue();
    for (String wrong : List.of("", "hus", "hush ", "HUSH", client.secretHash().orElseThrow())) {
      assertThat(restored.hasSecret(wrong)).as(wrong).isFalse();
    }
  }

  @Test // a table of hashes must not show which clients share a secret
  void theHashDependsOnTheClient() {
    assertThat(RegisteredClient.builder("one").secret("same").build().secretHash())
        .isNotEqualTo(RegisteredClient.builder("two").secret("same").build().secretHash());
    // The border between id and secret counts.
    assertThat(ClientSecretHash.of("ab", "c")).isNotEqualTo(ClientSecretHash.of("a", "bc"));
  }

  @Test
  void noSecretAndNoHashIsPrinted() {
    RegisteredClient client =
        RegisteredClient.builder("client").secret("hush-hush").scopes("a").jwks(null).build();
    String hash = client.secretHash().orElseThrow();

    assertThat(client.toString())
        .contains("client", "a")
        .doesNotContain("hush")
        .doesNotContain(hash);
    assertThat(ClientSecretHash.of("client", "hush-hush").toString()).doesNotContain(hash);
  }

  @ParameterizedTest(name = "[{index}]")
  @ValueSource(strings = {"secret\u0000", "secret\n", "sec\u0085ret", "sec\ud800ret"})
  void aSecretThatTheHashFunctionReadsDifferentlyIsNeitherSetNorMatched(String secret) {
    assertThatThrownBy(() -> RegisteredClient.builder("client").secret(secret))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "secret: contains control characters or halves of surrogate pairs; write one"
                + " without them");
    RegisteredClient client = RegisteredClient.builder("client").secret("sec?ret").build();
    assertThat(client.hasSecret(secret)).isFalse();
    assertThat(client.hasSecret("sec?ret")).isTrue();
  }
}
