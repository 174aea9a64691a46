package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two servers' users of one name are two people, and each server grants only what it may. */
class IdentitiesOfSeveralServersTest {

  private static final String EVICT = "/gatehouse/evict";

  @RegisterExtension final LogWatch log = new LogWatch();

  private FakeAuthorizationServer one;
  private FakeAuthorizationServer two;
  private ProtectedServer server;
  private McpAuthFilter filter;

  @BeforeEach
  void start() throws Exception {
    one = new FakeAuthorizationServer();
    two = new FakeAuthorizationServer();
    guard(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    one.close();
    two.close();
  }

  private void guard(Map<String, String> more) throws Exception {
    if (server != null) {
      server.close();
    }
    List<McpAuthFilter> filters = new ArrayList<>();
    server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  ProtectedServer.addServlet(context, "mcp", new CallerServlet(), "/mcp");
                  filters.add(McpAuthFilter.register(context, "mcp", settings(origin, more)));
                });
    filter = filters.get(0);
  }

  private Settings settings(String origin, Map<String, String> more) {
    SettingsBuilder settings =
        TestSettings.builder()
            .resource(origin + "/mcp")
            .auditAdmitted(true)
            .evictionPath(EVICT)
            .evictionSecret(Secrets.CLIENT_SECRET.repeat(4))
            .set("servers", "one two")
            .set("server.one.issuer", one.issuer())
            .set("server.two.issuer", two.issuer());
    for (String name : List.of("one", "two")) {
      settings
          .set("server." + name + ".client-id", "filter")
          .set("server." + name + ".client-secret", Secrets.CLIENT_SECRET)
          .set("server." + name + ".token-prefix", name + "_");
    }
    more.forEach(settings::set);
    return settings.build();
  }

  private void respondActive(FakeAuthorizationServer as, String members) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"aud\":\"%s\",\"token_type\":\"Bearer\",%s}"
                .formatted(server.mcp(), members)));
  }

  private String caller(String token) throws IOException {
    return server.get("/mcp", "Authorization", "Bearer " + token).body();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "sub":"alice","client_id":"app" | alice      | true
          "client_id":"app"               | client:app | false
          """)
  void namesBeginWithTheIssuer(String members, String name, boolean isUser) throws Exception {
    respondActive(one, members);
    respondActive(two, members);

    for (var as : Map.of("one_", one, "two_", two).entrySet()) {
      String qualified = as.getValue().issuer() + "#" + name;
      assertThat(caller(as.getKey() + Secrets.token()))
          .contains(
              " principal=" + qualified + " ",
              " remoteUser=" + (isUser ? qualified : "null") + " ");
    }
  }

  @Test
  void theAuditLogNamesTheIssuerOfAdmittedAndRefusedTokens() throws Exception {
    respondActive(one, "\"sub\":\"alice\"");
    two.introspection(
        json(200, "{\"active\":true,\"sub\":\"alice\",\"aud\":\"https://other.example\"}"));
    caller("one_" + Secrets.token());
    caller("two_" + Secrets.token());

    assertThat(log.auditLines().get(0)).contains(" issuer=" + one.issuer() + " user=alice ");
    assertThat(log.auditLines().get(1))
        .contains("reason=audience", " issuer=" + two.issuer() + " user=alice ");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"java, sub", "java, client_id", "form, sub", "form, client_id"})
  void anEvictionOfOneIssuerLeavesTheOthersTokens(String way, String by) throws Exception {
    String members = "\"sub\":\"alice\",\"client_id\":\"alice\"";
    respondActive(one, members);
    respondActive(two, members);
    String ofOne = "one_" + Secrets.token();
    String ofTwo = "two_" + Secrets.token();
    caller(ofOne);
    caller(ofTwo);

    if (way.equals("form")) {
      assertThat(evict("iss=" + two.issuer() + "&" + by + "=alice")).isEqualTo(204);
    } else if (by.equals("sub")) {
      filter.cache().evictUser(two.issuer(), "alice");
    } else {
      filter.cache().evictClient(two.issuer(), "alice");
    }
    caller(ofOne);
    caller(ofTwo);

    assertThat(one.introspectionRequests()).hasSize(1);
    assertThat(two.introspectionRequests()).hasSize(2);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "sub=alice, 204, 2",
    "iss=https://unknown.example&sub=alice, 400, 1",
    "iss={one}, 400, 1",
    "iss={one}&iss={two}&sub=alice, 400, 1",
    "iss={one}&all=true, 204, 2",
  })
  void anEvictionWithoutOrWithAWrongIssuer(String form, int status, int introspections)
      throws Exception {
    if (status == 400) {
      log.announce("eviction refused: status=400");
    }
    respondActive(two, "\"sub\":\"alice\"");
    String token = "two_" + Secrets.token();
    caller(token);

    assertThat(evict(form.replace("{one}", one.issuer()).replace("{two}", two.issuer())))
        .isEqualTo(status);
    caller(token);

    assertThat(two.introspectionRequests()).hasSize(introspections);
  }

  private int evict(String form) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.origin() + EVICT))
            .header("Authorization", "Bearer " + Secrets.CLIENT_SECRET.repeat(4))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build();
    return ProtectedServer.CLIENT
        .send(request, HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Test
  void aServerGrantsOnlyItsAllowedScopes() throws Exception {
    guard(
        Map.of(
            "server.two.allowed-scopes", "notes:read",
            "scope-implies", "notes:write > notes:read, notes:read > notes:list",
            "required-scopes", "notes:read | admin"));
    String granted = "\"scope\":\"admin notes:write notes:read\"";
    respondActive(one, granted);
    respondActive(two, granted);

    assertThat(caller("one_" + Secrets.token()))
        .contains("scopes=[admin, notes:list, notes:read, notes:write]");
    assertThat(caller("two_" + Secrets.token())).contains("scopes=[notes:list, notes:read]");

    respondActive(two, "\"scope\":\"admin notes:write\"");
    assertThat(server.status("two_" + Secrets.token())).isEqualTo(403);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a listed client  | "client_id":"partner-app" | 200
          another client   | "client_id":"app"         | 401
          another case     | "client_id":"Partner-App" | 401
          no client        | "sub":"alice"             | 401
          """)
  void aServerIssuesTokensOnlyToItsAllowedClients(String what, String members, int status)
      throws Exception {
    guard(Map.of("server.two.allowed-clients", "partner-app, partner-cli"));
    respondActive(one, members);
    respondActive(two, members);

    assertThat(server.status("one_" + Secrets.token())).isEqualTo(200);
    assertThat(server.status("two_" + Secrets.token())).isEqualTo(status);
    assertThat(log.reasons()).isEqualTo(status == 200 ? List.of() : List.of("client"));
  }
}
