package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.testing.LogsWarning;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Validation of settings: one message names all errors and what to write instead. */
class SettingsTest {

  @TempDir private Path directory;

  private static SettingsBuilder minimal() {
    return Settings.builder()
        .resource("https://mcp.example/mcp")
        .issuer("https://as.example")
        .clientId("client")
        .clientSecret("the-client-secret");
  }

  @Test
  void defaultsMatchTheGuide() {
    Settings settings = minimal().build();

    assertThat(settings.audience).containsExactly("https://mcp.example/mcp");
    assertThat(settings.authorizationServers).containsExactly("https://as.example");
    assertThat(settings.allowedOrigins).containsExactly("https://mcp.example");
    assertThat(settings.connectTimeout).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.requestTimeout).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.clockSkew).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.maxConcurrentIntrospections).isEqualTo(64);
    assertThat(settings.breakerWait).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.requiredScopes).isEmpty();
    assertThat(settings.selfTest).isTrue();
    assertThat(settings.tryServersInOrder).isFalse();
    assertThat(settings.allowsUnprotectedPaths).isFalse();
    assertThat(settings.allowInsecureHttp).isFalse();
    assertThat(settings.forwardsServerMetadata).isFalse();
    assertThat(settings.tls).isNull();
  }

  @Test
  void oneMessageNamesAllErrorsWithTheirCures() {
    assertThatThrownBy(
            () ->
                Settings.builder()
                    .issuer("ftp://as.example")
                    .clientAuthMethod("magic")
                    .connectTimeout(Duration.ofSeconds(-1))
                    .set("request-timeout", "soon")
                    .set("colour", "blue")
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "resource: missing; write the public URI of this MCP server",
            "issuer: 'ftp://as.example' is not of the form https://host/path",
            "client-auth-method: 'magic' is unknown; write one of client_secret_basic",
            "connect-timeout: 'PT-1S' is out of range; write a duration from 1ms to 5m",
            "request-timeout: 'soon' is not a duration; write one such as 500ms, 30s or 5m",
            "colour: unknown setting; remove it");
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mapping-check       | off                            | is unknown; write refuse or warn
          resource            | mcp                            | is not of the form
          resource            | https://mcp.example/mcp#x      | has a fragment
          resource            | https://mcp.example/mcp?x=1    | has a query
          resource            | https://user:pw@mcp.example/   | has user information
          issuer              | https://user:p^w@as.example/   | issuer: the value is not a URI
          issuer              | https://user:pw@a_s.example/   | issuer: the value has user information
          issuer              | http://127.0.0.1.evil.example/  | is plain http to another host
          issuer              | http://as.example              | is plain http to another host
          issuer              | https://as.example?x           | has a query
          introspection-endpoint | http://as.example/i         | is plain http to another host
          introspection-endpoint | https://a.example/i ftp://b.example | ftp://b.example' is not of the form
          introspection-endpoint | :                           | is not a URI
          authorization-servers  | as.example                  | is not of the form
          audience-alternative | any                           | is unknown; write
          audience-alternative | client-id:                    | is unknown
          audience-alternative | scope:a,,b                    | is unknown
          required-scopes     | a \\| \\| b                    | has no scope; remove the
          required-scopes     | a"b                            | is not a scope
          scope-implies       | a b > c                        | is not of the form
          scope-implies       | a >                            | is not of the form
          scope-implies       | a > b > c                      | is not of the form
          challenge-scopes    | offline_access                 | is for clients to request
          scopes-supported    | a offline_access               | is for clients to request
          required-scopes     | a offline_access               | is for clients to request
          resource            | https://mcp.example/mü         | not ASCII
          introspection-endpoint | https://as.example:466999/i | has an invalid port
          resource-documentation | docs                        | is not of the form
          allowed-origins     | https://app.example/page       | has a path or query; write https://app.example
          allowed-origins     | *                              | is not of the form
          allowed-origins     | ftp://user:pw@as.example       | allowed-origins: the value is not of the form
          allowed-origins     | null                           | is not of the form
          allowed-origins     | chrome-extension://abc/page    | is not of the form
          allowed-origins     | https://app.example:*          | is not the local machine with any port
          allowed-origins     | http://localhost:80:*          | is not the local machine with any port
          allowed-origins     | *://localhost                  | is not of the form
          clock-skew          | 61s                            | is out of range; write a duration from 0s to 1m
          request-timeout     | 0s                             | is out of range
          request-timeout     | 6m                             | is out of range
          breaker-wait        | 6m                             | is out of range; write a duration from 0s to 5m
          max-concurrent-introspections | 0                    | is invalid; write a whole number from
          cache-ttl           | 61m                            | write a duration from 0s to 60m
          cache-inactive-ttl  | PT-1S                          | is out of range
          cache-max-entries   | 0                              | is invalid; write a whole number from
          cache-max-bytes     | 1023KiB                        | is out of range; write a size from 1MiB to 1024MiB
          cache-max-bytes     | lots                           | is not a size; write one such as 65536, 64KiB or 128MiB
          introspection-max-response | 2MiB                    | is out of range; write a size from 1KiB to 1MiB
          stale-while-unavailable | 61m                        | write a duration from 0s to 60m
          eviction-path       | evict                          | is not a plain path; write one such as /gatehouse/evict
          eviction-path       | /a//b                          | is not a plain path
          eviction-path       | /a;b                           | is not a plain path
          eviction-path       | /*                             | is not a plain path
          eviction-path       | /a/../b                        | is not a plain path
          eviction-path       | /.well-known/evict             | is not a plain path
          eviction-path       | /evict                         | eviction-secret: missing; set it or eviction-secret-file
          eviction-secret     | short                          | at least 32 characters of
          eviction-secret     | 0123456789abcdef0123456789abcdef | eviction-path: missing
          max-concurrent-introspections | many                 | is invalid; write a whole number from
          max-token-length    | 100                            | is out of range; write a size from 256 to 64KiB
          allow-insecure-http | yes                            | is not a boolean; write true or false
          server-selection    | all                            | is unknown; write by-token or in-order
          servers             | one                            | client-id: not allowed together with servers; write server.NAME.client-id
          server.one.issuer   | https://one.example            | is not listed in servers; add it there
          server.one.resource | https://one.example            | unknown setting
          client-secrt        | x                              | write client-secret
          client-secret-file  | missing-file                   | client-secret: set together with client-secret-file
          trust-store         | missing-file                   | can't be read
          token-prefix        | ''                             |
          """)
  void anInvalidValueIsNamedWithItsCure(String name, String value, String message) {
    SettingsBuilder builder = minimal().set(name, value.replace("\\\\|", "|"));

    if (message == null) {
      assertThat(builder.build()).isNotNull();
    } else {
      assertThatThrownBy(builder::build).hasMessageContaining(message);
    }
  }

  @Test
  void noMessageContainsASecret() throws Exception {
    Path notAKey = Files.writeString(directory.resolve("key"), "the-private-key");
    assertThatThrownBy(
            () ->
                minimal()
                    .resource("https://user:the-password@mcp.example/")
                    .clientAuthMethod("private_key_jwt")
                    .privateKeyFile(notAKey.toString())
                    .set("key-store", notAKey.toString())
                    .set("key-store-password", "the-store-password")
                    .build())
        .message()
        .doesNotContain("the-password", "the-private-key", "the-client-secret", "the-store");
    assertThat(minimal().build().toString()).doesNotContain("the-client-secret");
  }

  @Test
  void environmentVariablesSetTheSameSettings() {
    Settings settings =
        Settings.builder()
            .environment(
                Map.of(
                    "GATEHOUSE_RESOURCE", "https://mcp.example/mcp",
                    "GATEHOUSE_SERVERS", "one",
                    "GATEHOUSE_SERVER_ONE_ISSUER", "https://one.example",
                    "GATEHOUSE_SERVER_ONE_CLIENT_ID", "client",
                    "GATEHOUSE_SERVER_ONE_CLIENT_SECRET", "secret",
                    "GATEHOUSE_SERVER_SELECTION", "in-order",
                    "GATEHOUSE_REQUEST_TIMEOUT", "700ms",
                    "GATEHOUSE_MAPPING_CHECK", "warn",
                    "PATH", "/bin"))
            .build();

    assertThat(settings.servers.get(0).server().issuer()).isEqualTo("https://one.example");
    assertThat(settings.tryServersInOrder).isTrue();
    assertThat(settings.allowsUnprotectedPaths).isTrue();
    assertThat(settings.requestTimeout).isEqualTo(Duration.ofMillis(700));
  }

  @LogsWarning("is ignored: it is no setting of the filter")
  @Test
  void aMisspelledVariableIsAnErrorAndAnUnrelatedOneIsIgnored() {
    assertThatThrownBy(() -> minimal().environment(Map.of("GATEHOUSE_REQUIRED_SCOPE", "a")).build())
        .hasMessageContaining("required-scope: unknown setting; write required-scopes");
    // Kubernetes sets these for a service of that name.
    assertThat(
            minimal()
                .environment(
                    Map.of(
                        "GATEHOUSE_SERVICE_HOST", "10.0.0.1",
                        "GATEHOUSE_PORT_8080_TCP_ADDR", "10.0.0.1",
                        "GATEHOUSE_SERVER_PORT_80_TCP_PORT", "80"))
                .build())
        .isNotNull();
  }

  /** Settings of two servers, and these variables. */
  private static SettingsBuilder twoServers(Map<String, String> environment) {
    SettingsBuilder builder =
        Settings.builder().resource("https://mcp.example/mcp").set("servers", "one two");
    for (String name : List.of("one", "two")) {
      builder
          .set("server." + name + ".issuer", "https://" + name + ".example")
          .set("server." + name + ".client-auth-method", "none");
    }
    return builder.environment(environment);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GATEHOUSE_SERVER_ONE_REQUIRED_SCOPES | server.one.required-scopes: unknown setting of one server; write required-scopes, which is for all
          GATEHOUSE_SERVER_ONE_REQUIRED_SCOPE  | server.one.required-scope: unknown setting; remove it
          GATEHOUSE_SERVER_ONE_AUDIENCE        | server.one.audience: unknown setting of one server; write audience, which is for all
          GATEHOUSE_SERVER_TEN_AUDIENCE        | server.ten.audience: 'ten' is not listed in servers; add it there
          """)
  void aProtectionThatAVariableGivesToOneServerIsNotIgnored(String variable, String error) {
    assertThatThrownBy(() -> twoServers(Map.of(variable, "a")).build()).hasMessageContaining(error);
    assertThatThrownBy(() -> twoServers(Map.of(variable, "")).build()).hasMessageContaining(error);
  }

  @LogsWarning("is ignored: it is no setting of the filter")
  @Test
  void anUnknownVariableOfAServerThatExistsIsAnError() {
    assertThatThrownBy(() -> twoServers(Map.of("GATEHOUSE_SERVER_ONE_ONLY_CLIENTS", "a")).build())
        .hasMessageContaining(
            "server.one.only-clients: the environment variable GATEHOUSE_SERVER_ONE_ONLY_CLIENTS is"
                + " no setting of a server; remove it");
    // There is no such server, and Kubernetes sets the others for a service of that name.
    assertThat(
            twoServers(
                    Map.of(
                        "GATEHOUSE_SERVER_TEN_ONLY_CLIENTS", "a",
                        "GATEHOUSE_SERVER_ONE_SERVICE_HOST", "10.0.0.1",
                        "GATEHOUSE_SERVER_ONE_SERVICE_PORT_HTTP", "80",
                        "GATEHOUSE_SERVER_ONE_PORT", "tcp://10.0.0.1:80",
                        "GATEHOUSE_SERVER_ONE_PORT_80_TCP_ADDR", "10.0.0.1"))
                .build())
        .isNotNull();
  }

  @Test
  void variablesThatDifferOnlyInCaseAreAnErrorBecauseOneOfThemIsIgnored() {
    Map<String, String> twice =
        Map.of("GATEHOUSE_REQUIRED_SCOPES", "a", "GATEHOUSE_required_scopes", "b");

    assertThatThrownBy(() -> minimal().environment(twice).build())
        .hasMessageContaining(
            "required-scopes: the environment variables GATEHOUSE_REQUIRED_SCOPES and"
                + " GATEHOUSE_required_scopes both set it; remove one");
    assertThat(
            minimal()
                .environment(Map.of("GATEHOUSE_AUDIENCE", "a"))
                .environment(Map.of("GATEHOUSE_AUDIENCE", "b"))
                .build()
                .audience)
        .containsExactly("b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"my-server", "One", "1st", "a.b"})
  void aNameOfAServerThatNoSettingCanHaveIsAnErrorOfItsOwn(String name) {
    assertThatThrownBy(
            () -> Settings.builder().resource("https://a.example").set("servers", name).build())
        .hasMessageContaining(
            "servers: '" + name + "' is no name of a server; write lower-case letters and digits");
  }

  @Test
  void theLastSourceOfASettingWins() {
    assertThat(
            minimal()
                .environment(Map.of("GATEHOUSE_RESOURCE", "https://other.example/mcp"))
                .build()
                .resource)
        .isEqualTo("https://other.example/mcp");
  }

  @Test
  void anIntrospectionEndpointNeedsNoIssuer() {
    Settings settings =
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint("https://as.example/introspect")
            .clientAuthMethod("none")
            .build();

    assertThat(settings.authorizationServers).isEmpty();
  }

  @Test
  void endpointsKeepTheirOrderWithoutDuplicates() {
    Settings settings =
        minimal()
            .introspectionEndpoint("https://b.example/i  https://a.example/i https://b.example/i")
            .build();

    assertThat(settings.servers.get(0).introspectionEndpoints())
        .containsExactly(URI.create("https://b.example/i"), URI.create("https://a.example/i"));
  }

  @Test
  void scopesAreReadAsAlternatives() {
    Settings settings =
        minimal()
            .requiredScopes("a  b | c")
            .scopeImplies("admin > a b, c > d")
            .audienceAlternative("client-id:one, two")
            .build();

    assertThat(settings.requiredScopes).isEqualTo(List.of(Set.of("a", "b"), Set.of("c")));
    assertThat(settings.challengeScopes).containsExactly("a", "b");
    assertThat(settings.impliedScopes)
        .isEqualTo(Map.of("admin", Set.of("a", "b"), "c", Set.of("d")));
    assertThat(settings.servers.get(0).server().audienceAlternative())
        .isEqualTo(new AudienceAlternative.OneOfClients(Set.of("one", "two")));
  }

  @Test
  void theResourceMayBePlainHttp() {
    // The self-test warns of it.
    assertThat(minimal().resource("http://mcp.example/mcp").build()).isNotNull();
  }

  @Test
  void plainHttpIsForLoopbackUnlessAllowedExplicitly() {
    assertThat(minimal().resource("http://localhost:8080/mcp").build()).isNotNull();
    assertThat(minimal().resource("http://[::1]:8080/mcp").build()).isNotNull();
    assertThat(minimal().resource("http://127.0.0.1/mcp").build()).isNotNull();
    assertThat(minimal().issuer("http://[::1]:8080/").build()).isNotNull();
    assertThat(minimal().issuer("http://localhost").build()).isNotNull();
    assertThat(minimal().issuer("http://as.example").allowInsecureHttp(true).build()).isNotNull();
  }
}
