package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.UserAgent.fields;
import static dev.gatehouse.authorizationserver.testing.UserAgent.location;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Protection of the forms against cross-site request forgery and tampering. */
class PageFormsTest {
  @AutoClose
  private final TestServer server =
      TestServer.start((origin, context) -> Demo.withUsers(origin).build().register(context));

  private final UserAgent browser = new UserAgent(server);

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "another site, https://evil.example.com",
    "an opaque origin, null",
    "the same host with another port, http://127.0.0.1:1",
  })
  void aFormOfAnotherOriginIsRefused(String what, String origin) {
    HttpResponse<String> page = browser.open(request());
    Map<String, String> fields = fields(page);
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    HttpResponse<String> response =
        browser.send(server.form("/oauth/login", UserAgent.form(fields)).header("Origin", origin));

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(header(response, "Set-Cookie")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc"})
  void aFormWithoutItsFormTokenIsRefused(String token) {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> fields = fields(page);
    fields.put("form_token", token);
    fields.put("decision", "approve");

    assertThat(browser.post("/oauth/consent", fields).statusCode()).isEqualTo(403);
  }

  @Test // the form token is bound to the cookie
  void aFormOfAnotherBrowserIsRefused() {
    Map<String, String> fields = fields(new UserAgent(server).open(request()));
    browser.open(request());
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    assertThat(browser.post("/oauth/login", fields).statusCode()).isEqualTo(403);
  }

  @Test
  void consentWithoutALogInLeadsToTheLogInPage() {
    HttpResponse<String> login = browser.open(request());
    Map<String, String> fields = fields(login);
    fields.put("decision", "approve");
    fields.put("scope:notes:read", "on");

    HttpResponse<String> response = browser.post("/oauth/consent", fields);

    assertThat(location(response).getPath()).isEqualTo("/oauth/authorize");
  }

  @Test // the request in a form is validated again
  void aTamperedRequestInTheFormIsRefused() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> foreign = request();
    foreign.put("redirect_uri", "https://evil.example.com/");
    Map<String, String> fields = fields(page);
    fields.put("decision", "approve");

    fields.put("request", UserAgent.form(foreign));
    assertThat(browser.post("/oauth/consent", fields).statusCode()).isEqualTo(400);

    fields.put("request", UserAgent.form(request()) + "\r\nSet-Cookie: a=b");
    assertThat(browser.post("/oauth/consent", fields).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"/oauth/login, POST", "/oauth/consent, POST"})
  void formEndpointsRefuseGet(String path, String allowed) {
    HttpResponse<String> response = server.get(path);

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(header(response, "Allow")).isEqualTo(allowed);
    assertThat(header(response, "Content-Type")).startsWith("text/html");
  }
}
