package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.FakeAuthorizationServer.ReceivedRequest;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers and parameters that an operator adds to introspection requests. */
class IntrospectionAdditionsTest {

  private static final String OLD = Secrets.MARKER + "-old-key";
  private static final String NEW = Secrets.MARKER + "-new-key";

  @RegisterExtension final LogWatch log = new LogWatch();
  @TempDir private Path directory;

  private static SettingsBuilder minimal() {
    return TestSettings.builder()
        .resource("https://mcp.example/mcp")
        .issuer("https://as.example")
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET);
  }

  @Test
  void introspectionRequestsHaveTheHeadersAndParameters() throws Exception {
    try (GuardedServer guarded =
        new GuardedServer(
            Map.of(
                "introspection-headers",
                "X-Api-Key=" + OLD + ", X-List=a\\,b, User-Agent=mcp filter",
                "introspection-parameters",
                "resource=https://mcp.example/mcp?a=b&c\ntenant=Zoë\\, a\\\\b"))) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(401);

      ReceivedRequest request = guarded.as.introspectionRequests().get(0);
      assertThat(request.header("X-api-key")).isEqualTo(OLD);
      assertThat(request.header("X-list")).isEqualTo("a,b");
      assertThat(request.header("User-agent")).isEqualTo("mcp filter");
      assertThat(request.header("Authorization")).startsWith("Basic ");
      assertThat(request.parameter("resource")).isEqualTo("https://mcp.example/mcp?a=b&c");
      assertThat(request.parameter("tenant")).isEqualTo("Zoë, a\\b");
      assertThat(request.parameter("token")).startsWith(Secrets.MARKER);
      assertThat(request.parameter("token_type_hint")).isEqualTo("access_token");
    }
  }

  @Test
  void otherRequestsHaveNeither() throws Exception {
    try (GuardedServer guarded =
        new GuardedServer(
            Map.of(
                "introspection-endpoint", "",
                "client-auth-method", "bearer",
                "token-endpoint", "{issuer}/token",
                "introspection-headers", "X-Api-Key=" + OLD,
                "introspection-parameters", "tenant=a"))) {
      guarded.as.at(
          "/token",
          json(
              200,
              "{\"access_token\":\"%s-own\",\"token_type\":\"Bearer\"}".formatted(Secrets.MARKER)));
      assertThat(guarded.status(Secrets.token())).isEqualTo(401);
      var unused = guarded.filter.selfTest();

      assertThat(guarded.as.requests())
          .filteredOn(request -> !request.path().equals("/introspect"))
          .hasSizeGreaterThan(1)
          .allSatisfy(
              request -> {
                assertThat(request.headers()).doesNotContainKey("X-api-key");
                assertThat(request.parameter("tenant")).isEmpty();
              });
      assertThat(guarded.as.introspectionRequests())
          .as("also the requests of the self-test")
          .hasSizeGreaterThan(1)
          .allSatisfy(
              request -> {
                assertThat(request.header("X-api-key")).isEqualTo(OLD);
                assertThat(request.parameter("tenant")).isEqualTo("a");
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"client_secret_basic", "client_secret_post", "client_secret_jwt", "none"})
  void parametersGoTogetherWithEveryAuthentication(String method) throws Exception {
    try (GuardedServer guarded =
        new GuardedServer(
            Map.of(
                "client-auth-method",
                method,
                "client-secret",
                Secrets.CLIENT_SECRET + "-of-32-bytes",
                "introspection-parameters",
                "a=1,b=2"))) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(401);

      ReceivedRequest request = guarded.as.introspectionRequests().get(0);
      assertThat(request.parameter("a") + request.parameter("b")).isEqualTo("12");
      assertThat(request.parameter("token")).isNotEmpty();
      assertThat(
              Stream.of("client_secret", "client_assertion")
                  .filter(n -> !request.parameter(n).isEmpty()))
          .hasSize(method.matches(".*(post|jwt)") ? 1 : 0);
    }
  }

  @Test
  void eachServerHasItsOwn() {
    SettingsBuilder several =
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .set("servers", "a b")
            .set("server.a.issuer", "https://a.example")
            .set("server.a.client-auth-method", "none")
            .set("server.a.token-prefix", "a_")
            .set("server.a.introspection-headers", "X-Key=" + OLD)
            .set("server.b.issuer", "https://b.example")
            .set("server.b.client-auth-method", "none")
            .set("server.b.token-prefix", "b_");
    var servers = several.build().servers;

    assertThat(servers.get(0).additions().current().headers()).containsEntry("X-Key", OLD);
    assertThat(servers.get(1).additions().current().headers()).isEmpty();
    assertThat(Secrets.appearIn(servers.toString() + servers.get(0).additions().current()))
        .isFalse();
  }

  @Test
  void aReplacedKeyIsUsedWithoutALostRequest() throws Exception {
    Path file = Files.writeString(directory.resolve("headers"), "X-Api-Key=" + OLD + "\n");
    try (GuardedServer guarded =
        new GuardedServer(Map.of("introspection-headers-file", file.toString()))) {
      acceptOnly(guarded, OLD);
      assertThat(guarded.status(Secrets.token())).isEqualTo(401);

      acceptOnly(guarded, NEW);
      Files.writeString(file, "X-Api-Key=" + NEW + "\nX-Other=1");
      assertThat(guarded.status(Secrets.token())).isEqualTo(401);

      List<ReceivedRequest> requests = guarded.as.introspectionRequests();
      assertThat(requests).as("one refused").hasSize(3);
      assertThat(requests.get(2).header("X-other")).isEqualTo("1");
    }
    assertThat(log.messages("INFO"))
        .anyMatch(line -> line.contains("introspection-headers-file has changed and is in use"));
  }

  private static void acceptOnly(GuardedServer guarded, String key) {
    guarded.as.introspectionResponses(
        request ->
            request.header("X-api-key").equals(key)
                ? json(200, "{\"active\":false}")
                : json(401, "{}"));
  }

  @Test
  void aParameterFileIsReadToo() throws Exception {
    Path file = Files.writeString(directory.resolve("parameters"), "key=" + OLD + "\r\nb=2\r\n");
    try (GuardedServer guarded =
        new GuardedServer(Map.of("introspection-parameters-file", file.toString()))) {
      assertThat(guarded.status(Secrets.token())).isEqualTo(401);
      assertThat(guarded.as.introspectionRequests().get(0).parameter("key")).isEqualTo(OLD);
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          headers    | Host=secret                      | has host, which the filter sets
          headers    | content-length=1                 | has content-length, which the filter sets
          headers    | Content-Type=secret              | has content-type, which the filter sets
          headers    | TRANSFER-ENCODING=chunked        | has transfer-encoding, which the filter sets
          headers    | Connection=close                 | has connection, which the filter sets
          headers    | Accept=secret                    | has accept, which the filter sets
          headers    | Accept-Encoding=gzip             | has accept-encoding, which the filter sets
          headers    | Proxy-Authorization=Basic secret | has proxy-authorization, which the filter sets
          headers    | Expect=100-continue              | has expect, which the filter sets
          headers    | Authorization=Bearer secret      | has authorization, which client-auth-method sets
          headers    | Host=1,TE=2,a b=secret           | has host, which the filter sets; remove it; and it has te, which the filter sets; remove it; and it has an invalid name in item 3
          headers    | X=1,a b=secret                   | has an invalid name in item 2
          headers    | ü=secret                         | has an invalid name in item 1
          headers    | X: secret=                       | has no value in item 1
          headers    | X=sécret                         | has an invalid value in item 1
          headers    | 'X=1,Y=2\\\nsecret'              | has an invalid value in item 2
          headers    | X-A=1,x-a=secret                 | has a header twice, in item 2
          headers    | secret                           | has no = in item 1
          parameters | token=secret                     | has token, which the filter sets
          parameters | token_type_hint=secret           | has token_type_hint, which the filter sets
          parameters | client_id=secret                 | has client_id, which the filter sets
          parameters | client_secret=secret             | has client_secret, which the filter sets
          parameters | client_assertion=secret          | has client_assertion, which the filter sets
          parameters | client_assertion_type=secret     | has client_assertion_type, which the filter sets
          parameters | a=1,a=secret                     | has a parameter twice, in item 2
          parameters | a b=secret                       | has an invalid name in item 1
          parameters | 'a=sec\\\nret'                   | has a control character in item 1
          """)
  void anInvalidAdditionIsRefusedWithoutRepeatingItsValue(String kind, String text, String error)
      throws Exception {
    String setting = "introspection-" + kind;
    Path file = Files.writeString(directory.resolve("additions"), text);

    assertRefused(minimal().set(setting, text), setting + ": " + error);
    assertRefused(minimal().set(setting + "-file", file.toString()), setting + "-file: " + file);
  }

  private static void assertRefused(SettingsBuilder settings, String error) {
    assertThatThrownBy(settings::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(error)
        .message()
        .doesNotContain("=secret", "Bearer", "sécret", "\nret");
  }

  @Test
  void authorizationMayBeAddedIfTheFilterSendsNone() {
    for (String method : List.of("client_secret_post", "client_secret_jwt", "none")) {
      assertThatCode(
              () ->
                  minimal()
                      .clientSecret(Secrets.CLIENT_SECRET + "-of-32-bytes")
                      .clientAuthMethod(method)
                      .introspectionHeaders(Map.of("Authorization", "ApiKey x"))
                      .build())
          .doesNotThrowAnyException();
    }
    assertRefused(
        minimal().clientAuthMethod("bearer").introspectionHeaders(Map.of("Authorization", "x")),
        "introspection-headers: has authorization, which client-auth-method sets");
  }

  @Test
  void aSettingAndItsFileExcludeEachOther() throws Exception {
    Path file = Files.writeString(directory.resolve("headers"), "X=1");

    assertRefused(
        minimal().introspectionHeaders(Map.of("Y", "1")).introspectionHeadersFile(file.toString()),
        "introspection-headers: set together with introspection-headers-file; keep one of them");
    assertRefused(
        minimal()
            .introspectionParameters(Map.of("Y", "1"))
            .introspectionParametersFile(file.toString()),
        "introspection-parameters: set together with introspection-parameters-file");
  }

  @Test
  void theBuilderEscapesWhatTheSyntaxReserves() {
    Map<String, String> pairs = Map.of("a", "1,b=2\\", "c=d", "e");
    var additions =
        minimal().introspectionParameters(pairs).build().servers.get(0).additions().current();

    assertThat(additions.parameters())
        .isEqualTo(Map.of("a", List.of("1,b=2\\"), "c=d", List.of("e")));
    assertRefused(
        minimal().introspectionHeaders(Map.of("X", "1\nHost=secret")),
        "introspection-headers: has an invalid value in item 1");
  }
}
