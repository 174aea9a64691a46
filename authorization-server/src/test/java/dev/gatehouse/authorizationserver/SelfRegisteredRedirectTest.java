package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a redirect of a client that anyone can register leads, and what the user sees before. */
class SelfRegisteredRedirectTest {
  private final TurnedClock clock = new TurnedClock();
  private final InMemoryClientRegistry clients = new InMemoryClientRegistry(Demo.clients());

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clock(clock)
                  .clientRegistry(clients)
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://claude.ai/cb            | claude.ai
          https://claude.ai:8443/cb       | claude.ai
          http://claude.ai/cb             | claude.ai
          HTTPS://claude.ai/cb            | claude.ai
          http://127.0.0.1:33418/cb       | 127.0.0.1, an application on this computer
          https://localhost/cb            | localhost, an application on this computer
          evil-app://claude.ai/cb         | the application on this device that handles evil-app: links
          com.example.app://claude.ai/cb  | the application on this device that handles com.example.app: links
          com.example.app://localhost/cb  | the application on this device that handles com.example.app: links
          com.example.app://127.0.0.1/cb  | the application on this device that handles com.example.app: links
          com.example.app:/cb             | the application on this device that handles com.example.app: links
          intent://claude.ai/cb           | the application on this device that handles intent: links
          httpx://claude.ai/cb            | the application on this device that handles httpx: links
          """)
  void theConsentPageShowsAHostOnlyForWebAddresses(String redirect, String shown) {
    configure(redirect, false);

    HttpResponse<String> page = consentPage(redirect);

    assertThat(page.body())
        .contains("<dt>The response is sent to</dt><dd>" + shown + "</dd>")
        .doesNotContain("<dd>claude.ai, ");
  }

  @ParameterizedTest // RFC 8252 §7.1: a scheme of one's own contains a dot
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          com.example.app:/oauth2redirect               | 201
          com.example.app://oauth/callback              | 201
          cursor://anysphere.cursor-mcp/oauth/callback  | 201
          CURSOR://anysphere.cursor-mcp/oauth/callback  | 201
          vscode://saoudrizwan.claude-dev/mcp-auth      | 201
          vscode-insiders://vscode.github-authentication/did-authenticate | 201
          windsurf://codeium.windsurf/oauth             | 201
          zed://mcp/callback                            | 201
          ms-msdt:/id                                   | 400
          search-ms:query=x                             | 400
          jar:http://evil.example.com/x.jar!/           | 400
          smb://evil.example.com/share                  | 400
          intent://claude.ai/                           | 400
          evil-app://claude.ai/cb                       | 400
          tel:1234                                      | 400
          cursor.:/cb                                   | 400
          a..b:/cb                                      | 400
          """)
  void aSelfRegisteredSchemeContainsADotOrIsThatOfAKnownEditor(String redirect, int status) {
    HttpResponse<String> response = register(redirect);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(json(response).get("error"))
        .isEqualTo(status == 400 ? "invalid_redirect_uri" : null);
  }

  @ParameterizedTest // such a client may have been stored by an earlier version
  @ValueSource(strings = {"ms-msdt:/id", "smb://evil.example.com/share", "http://app.example.com/"})
  void aRedirectUriThatCannotBeRegisteredIsNotUsedEither(String redirect) {
    configure(redirect, true);
    Map<String, String> request = request(redirect);

    HttpResponse<String> named = browser.open(request);
    request.remove("redirect_uri");
    HttpResponse<String> byDefault = browser.open(request);

    assertThat(named.statusCode()).isEqualTo(400);
    assertThat(named.body()).contains("The redirect URI is not registered");
    assertThat(byDefault.statusCode()).isEqualTo(400);
    assertThat(byDefault.body()).contains("The redirect URI is not registered");
  }

  @ParameterizedTest // RFC 9700 §4.11.2: nothing opens without a click
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://app.example.com/cb     | app.example.com
          com.example.phone:/done        | the application on this device that handles com.example.phone: links
          cursor://claude.ai/cb          | the application on this device that handles cursor: links
          http://127.0.0.1:33418/cb      | 127.0.0.1, an application on this computer
          """)
  void anErrorOfASelfRegisteredClientWaitsForAClick(String redirect, String shown) {
    Map<String, String> request = request(redirect);
    request.put("client_id", text(register(redirect), "client_id"));
    request.put("scope", "introspect");

    HttpResponse<String> page = browser.open(request);

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(header(page, "Location")).isEmpty();
    assertThat(header(page, "Refresh")).isEmpty();
    assertThat(page.body())
        .contains("<a href=\"" + redirect + "?error=invalid_scope&amp;")
        .contains("rel=\"noreferrer\">Go back to " + shown + "</a>")
        .doesNotContain("http-equiv", "<script");
  }

  @Test
  void anErrorThatAFormRevealsWaitsForAClickToo() {
    Map<String, String> request = request("com.example.phone:/done");
    request.put("client_id", text(register("com.example.phone:/done"), "client_id"));
    Map<String, String> fields = UserAgent.fields(browser.open(request));
    request.put("scope", "introspect");
    fields.put("request", UserAgent.form(request));

    HttpResponse<String> page = browser.post("/oauth/login", fields);

    assertThat(page.statusCode()).isEqualTo(400);
    assertThat(header(page, "Location")).isEmpty();
    assertThat(page.body()).contains("Go back to the application on this device");
  }

  private HttpResponse<String> consentPage(String redirect) {
    return browser.follow(browser.logIn(browser.open(request(redirect)), "alice", "alice-secret"));
  }

  private static Map<String, String> request(String redirect) {
    Map<String, String> request = UserAgent.request();
    request.put("client_id", "app");
    request.put("redirect_uri", redirect);
    request.put("scope", "notes:read");
    return request;
  }

  private void configure(String redirect, boolean selfRegistered) {
    clients.add(
        RegisteredClient.builder("app")
            .grantTypes("authorization_code")
            .scopes("notes:read")
            .redirectUris(redirect)
            .selfRegistered(selfRegistered)
            .build(),
        clock.instant());
  }

  private HttpResponse<String> register(String redirect) {
    return server.send(
        server
            .request("/oauth/register")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"redirect_uris\":[\"" + redirect + "\"]}")));
  }
}
