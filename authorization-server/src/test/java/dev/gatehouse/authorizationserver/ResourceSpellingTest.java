package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.MAPS;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every grant takes each spelling of a resource, and the audience is spelled as configured. */
class ResourceSpellingTest {
  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .resource(MAPS)
                  .clientRegistry(new InMemoryClientRegistry(clients()))
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  private static List<RegisteredClient> clients() {
    List<RegisteredClient> clients = new ArrayList<>(Demo.clients());
    clients.add(
        RegisteredClient.builder("slash-server")
            .secret("slash-secret")
            .resourceServerFor("HTTPS://Notes.example.com:443/mcp/")
            .build());
    clients.add(
        RegisteredClient.builder("auditor")
            .secret("auditor-secret")
            .resourceServerFor("https://auditor.example.com")
            .mayAlsoIntrospect(NOTES + "/")
            .build());
    return clients;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        NOTES + "/",
        "HTTPS://NOTES.EXAMPLE.COM/mcp",
        "https://notes.example.com:443/mcp",
        "https://Notes.Example.com:443/mcp/",
      })
  void everyGrantTakesEverySpelling(String spelling) {
    Map<String, String> request = request();
    request.put("resource", spelling);
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request), "alice", "alice-secret"));
    assertThat(page.body()).contains("<dd>" + NOTES + "</dd>");
    String code = value(parameters(browser.decide(page, "approve")), "code");
    String resource = "&resource=" + encode(spelling);

    HttpResponse<String> redeemed =
        server.post(
            TOKEN,
            "grant_type=authorization_code&client_id=public&code="
                + code
                + "&code_verifier="
                + VERIFIER
                + resource);
    HttpResponse<String> refreshed =
        server.post(
            TOKEN,
            "grant_type=refresh_token&client_id=public&refresh_token="
                + text(redeemed, "refresh_token")
                + resource);
    HttpResponse<String> own =
        server.post(TOKEN, "client", "client-secret", Demo.FROM_CLIENT + resource);

    for (HttpResponse<String> issued : List.of(redeemed, refreshed, own)) {
      for (String caller : List.of("notes", "slash", "auditor")) {
        assertThat(json(introspect(caller, issued)))
            .as(caller)
            .containsEntry("active", true)
            .containsEntry("aud", List.of(NOTES));
      }
      assertThat(introspect("maps", issued).body()).isEqualTo("{\"active\":false}");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://notes.example.com/mcp//",
    "https://notes.example.com/MCP",
    "https://notes.example.com/mcp/x",
    "https://notes.example.com:8443/mcp",
    "http://notes.example.com/mcp",
    "https://notes.example.com/mcp?x=1",
    "https://notes.example.com/mcp#x",
    "https://user@notes.example.com/mcp",
  })
  void anotherResourceIsRefused(String resource) {
    Map<String, String> request = request();
    request.put("resource", resource);

    assertThat(parameters(browser.open(request))).containsEntry("error", "invalid_target");
    assertThat(
            json(
                server.post(
                    TOKEN,
                    "client",
                    "client-secret",
                    Demo.FROM_CLIENT + "&resource=" + encode(resource))))
        .containsEntry("error", "invalid_target");
  }

  @Test
  void twoSpellingsOfOneResourceCannotBeConfigured() {
    AuthorizationServer.Builder twice =
        Demo.server("http://127.0.0.1:1").resource("https://NOTES.example.com:443/mcp/");

    assertThatThrownBy(twice::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "resource: https://notes.example.com/mcp and https://NOTES.example.com:443/mcp/ are the"
                + " same; write only one");
  }

  private HttpResponse<String> introspect(String caller, HttpResponse<String> issued) {
    return server.post(
        Demo.INTROSPECT,
        caller.equals("auditor") ? caller : caller + "-server",
        caller + "-secret",
        "token=" + text(issued, "access_token"));
  }
}
