package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.UserAgent.fields;
import static dev.gatehouse.authorizationserver.testing.UserAgent.location;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Protection of the forms against cross-site request forgery and tampering. */
class PageFormsTest {
  private final Map<String, RegisteredClient> clients =
      new ConcurrentHashMap<>(
          Demo.clients().stream()
              .collect(Collectors.toMap(RegisteredClient::id, Function.identity())));

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clientRegistry(id -> Optional.ofNullable(clients.get(id)))
                  .clientMetadataDocuments(false)
                  .build()
                  .register(context));

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

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "that of the issuer, ORIGIN, 303",
    "in upper case, UPPER, 303",
    "with a path, ORIGIN/oauth, 403",
    "as a prefix, ORIGIN.evil.example.com, 403",
    "empty, '', 403",
  })
  void theOriginMustBeThatOfTheIssuer(String what, String origin, int status) {
    Map<String, String> fields = fields(browser.open(request()));
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    HttpResponse<String> response =
        browser.send(
            server
                .form("/oauth/login", UserAgent.form(fields))
                .header(
                    "Origin",
                    origin
                        .replace("ORIGIN", server.origin())
                        .replace("UPPER", server.origin().toUpperCase(Locale.ROOT))));

    assertThat(response.statusCode()).isEqualTo(status);
  }

  @Test // some browsers omit it for same-origin forms; the form token still protects
  void aFormWithoutAnOriginIsAccepted() {
    Map<String, String> fields = fields(browser.open(request()));
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    assertThat(browser.send(server.form("/oauth/login", UserAgent.form(fields))).statusCode())
        .isEqualTo(303);
  }

  @Test // an attacker can get a form token for a cookie of its own
  void aFormWithoutACookieIsRefused() {
    Map<String, String> fields = fields(browser.open(request()));
    fields.put("username", "alice");
    fields.put("password", "alice-secret");

    HttpResponse<String> response = server.post("/oauth/login", UserAgent.form(fields));

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(response.body()).contains("the browser does not accept its cookies");
  }

  @Test
  void theFormTokenDoesNotRevealTheCookie() {
    HttpResponse<String> page = browser.open(request());
    String cookie = header(page, "Set-Cookie").replaceAll(".*?=([^;]+);.*", "$1");

    assertThat(page.body()).contains("name=\"form_token\"").doesNotContain(cookie);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"none, ''", "unknown, maybe", "another case, Approve", "two, approve&decision=deny"})
  void aFormWithoutAKnownDecisionIsRefused(String what, String decision) {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));

    HttpResponse<String> response =
        browser.send(
            server.form("/oauth/consent", UserAgent.form(fields(page)) + "&decision=" + decision));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(header(response, "Location")).isEmpty();
    assertThat(header(response, "Content-Type")).startsWith("text/html");
  }

  @Test // a client that is removed while the user decides gets no code
  void theRequestInTheFormIsValidatedAgainstTheCurrentClient() {
    HttpResponse<String> page =
        browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
    clients.clear();

    HttpResponse<String> response = browser.decide(page, "approve");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("The application is not registered.");
  }

  @Test
  void anErrorOfTheRequestInTheFormIsRedirectedToTheClient() {
    Map<String, String> fields =
        fields(browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret")));
    Map<String, String> wider = request();
    wider.put("scope", "introspect");
    fields.put("request", UserAgent.form(wider));
    fields.put("decision", "approve");

    assertThat(UserAgent.parameters(browser.post("/oauth/consent", fields)))
        .containsEntry("error", "invalid_scope")
        .doesNotContainKey("code");
  }

  @ParameterizedTest
  @ValueSource(strings = {" alice", "alice ", "\talice\n"})
  void spacesAroundTheUserNameAreIgnored(String username) {
    HttpResponse<String> page = browser.open(request());

    assertThat(browser.logIn(page, username, "alice-secret").statusCode()).isEqualTo(303);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " alice-secret",
        "alice-secret ",
        "ALICE-SECRET",
        "alice-secret\u0000",
        // bcrypt repeats a password with a NUL between.
        "alice-secret\u0000alice-secret",
        "alice-secret\u0000alice-secret\u0000alice-secret",
        "alice-secret\u0000x",
        "alice-secret\n",
      })
  void thePasswordIsComparedExactly(String password) {
    HttpResponse<String> page = browser.open(request());

    assertThat(browser.logIn(page, "alice", password).statusCode()).isEqualTo(403);
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
