package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.UserAgent.answer;
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

/** Forms are taken from our own pages alone. */
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
  void aFormFromElsewhereIsRefused(String what, String origin) {
    HttpResponse<String> page = browser.open(request());
    Map<String, String> fields = fields(page);
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    HttpResponse<String> answer =
        browser.send(server.form("/oauth/login", UserAgent.form(fields)).header("Origin", origin));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(header(answer, "Set-Cookie")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc"})
  void aFormWithoutItsTokenIsRefused(String token) {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    Map<String, String> fields = fields(page);
    fields.put("form_token", token);
    fields.put("decision", "approve");

    assertThat(browser.post("/oauth/consent", fields).statusCode()).isEqualTo(403);
  }

  @Test // the token is bound to the cookie
  void aFormOfAnotherBrowserIsRefused() {
    Map<String, String> fields = fields(new UserAgent(server).open(request()));
    browser.open(request());
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    assertThat(browser.post("/oauth/login", fields).statusCode()).isEqualTo(403);
  }

  @Test
  void withoutALogInNobodyConsents() {
    HttpResponse<String> login = browser.open(request());
    Map<String, String> fields = fields(login);
    fields.put("decision", "approve");
    fields.put("scope:notes:read", "on");

    HttpResponse<String> answer = browser.post("/oauth/consent", fields);

    assertThat(location(answer).getPath()).isEqualTo("/oauth/authorize");
  }

  @Test // the request in a form is checked like any other
  void aTamperedFormLeadsNowhere() {
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
  void pagesThatTakeFormsAreNotOpened(String path, String allowed) {
    HttpResponse<String> answer = server.get(path);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(header(answer, "Allow")).isEqualTo(allowed);
    assertThat(header(answer, "Content-Type")).startsWith("text/html");
  }
}
