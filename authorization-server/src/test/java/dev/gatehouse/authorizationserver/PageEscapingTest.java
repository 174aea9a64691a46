package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryUserStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every text that an attacker can supply reaches the pages as text. Each page is parsed, and may
 * contain only the elements and attributes that the pages themselves have.
 */
class PageEscapingTest {
  private static final String PAYLOAD = "\"'><script>alert(1)</script><img src=x onerror=y>&lt;";

  /** RFC 6749 §3.3: a scope token may contain all of these. */
  private static final String SCOPE = "<script>alert('1')</script>&amp;";

  private static final String RESOURCE = "https://notes.example.com/mcp?a='&b=%22%3E";
  private static final Pattern PAGE =
      Pattern.compile("<!doctype html>(?:[^<>]|</?[a-z0-9]+(?:\\s+[a-z-]+(?:=\"[^\"<>]*\")?)*>)*");
  private static final Pattern TAG = Pattern.compile("<([a-z0-9]+)((?:\\s+[^>]*)?)>");
  private static final Pattern ATTRIBUTE = Pattern.compile("\\s([a-z-]+)(?:=\"[^\"]*\")?");
  private static final Set<String> ELEMENTS =
      Set.of(
          "html",
          "head",
          "meta",
          "title",
          "style",
          "body",
          "main",
          "h1",
          "p",
          "strong",
          "form",
          "input",
          "label",
          "div",
          "button",
          "dl",
          "dt",
          "dd",
          "fieldset",
          "legend",
          "span",
          "small",
          "a");
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "lang",
          "charset",
          "name",
          "content",
          "method",
          "action",
          "type",
          "value",
          "for",
          "id",
          "autocomplete",
          "autocapitalize",
          "spellcheck",
          "required",
          "autofocus",
          "class",
          "role",
          "checked",
          "href",
          "rel");

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              AuthorizationServer.builder()
                  .issuer(origin)
                  .resource(RESOURCE)
                  .scopesSupported(Set.of("notes:read"))
                  .scopeDescription("notes:read", PAYLOAD)
                  .userStore(new InMemoryUserStore(List.of(User.withPassword(PAYLOAD, "secret"))))
                  .clientRegistry(new InMemoryClientRegistry(clients()))
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  private static List<RegisteredClient> clients() {
    return List.of(
        RegisteredClient.builder("public")
            .name(PAYLOAD)
            .grantTypes("authorization_code")
            .scopes("notes:read", SCOPE)
            .redirectUris(Demo.CALLBACK)
            .build());
  }

  private static Map<String, String> hostileRequest() {
    Map<String, String> request = request();
    request.put("state", PAYLOAD);
    request.put("resource", RESOURCE);
    request.put("scope", "notes:read " + SCOPE);
    return request;
  }

  @Test
  void everyTextOnTheWayToACodeIsEscapedAndComesBackUnchanged() {
    HttpResponse<String> login = browser.open(hostileRequest());
    HttpResponse<String> wrong = browser.logIn(login, PAYLOAD, PAYLOAD);
    HttpResponse<String> consent = browser.follow(browser.logIn(login, PAYLOAD, "secret"));

    for (HttpResponse<String> page : List.of(login, wrong, consent)) {
      expectOnlyOwnMarkup(page);
      assertThat(page.body())
          .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
          .contains("&amp;lt;") // an escaped text is escaped again
          .doesNotContain("secret");
    }
    assertThat(consent.body())
        .contains("scope:&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;")
        .contains("https://notes.example.com/mcp?a=&#39;&amp;b=%22%3E");

    Map<String, String> fields = UserAgent.fields(consent);
    fields.put("scope:" + SCOPE, "on");
    fields.put("decision", "approve");
    assertThat(parameters(browser.post("/oauth/consent", fields)))
        .containsKey("code")
        .containsEntry("state", PAYLOAD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client_id",
        "redirect_uri",
        "state",
        "scope",
        "response_type",
        "resource",
        "code_challenge",
        "login_hint",
        "error_description",
      })
  void noParameterIsReflectedAsMarkup(String name) {
    Map<String, String> request = hostileRequest();
    request.put(name, PAYLOAD);

    HttpResponse<String> response = browser.open(request);

    if (response.statusCode() != 303) {
      expectOnlyOwnMarkup(response);
    }
    assertThat(header(response, "Location")).doesNotContain("<", ">", "\"", "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "request",
        "form_token",
        "username",
        "password",
        "decision",
        "scope:notes:read",
        "unknown"
      })
  void noFormFieldIsReflectedAsMarkup(String name) {
    HttpResponse<String> login = browser.open(hostileRequest());
    for (String path : List.of("/oauth/login", "/oauth/consent")) {
      Map<String, String> fields = UserAgent.fields(login);
      fields.put(name, PAYLOAD);

      HttpResponse<String> response = browser.post(path, fields);

      if (response.statusCode() != 303) {
        expectOnlyOwnMarkup(response);
      }
    }
  }

  @Test // the server decodes the query only to validate it, and repeats it as it came
  void aQueryWithUnencodedMarkupIsEscapedInTheForms() {
    Map<String, String> fields = UserAgent.fields(browser.open(hostileRequest()));
    fields.put("request", fields.get("request") + "&x=\"'><script>alert(1)</script>");
    fields.put("username", "alice");
    fields.put("password", "wrong");

    HttpResponse<String> page = browser.post("/oauth/login", fields);

    assertThat(page.statusCode()).isEqualTo(403);
    expectOnlyOwnMarkup(page);
    assertThat(page.body()).contains("&amp;x=&quot;&#39;&gt;&lt;script&gt;");
  }

  @Test // RFC 7591 §5: the name is whatever the client claims
  void theNameOfASelfRegisteredClientIsEscapedAndMarkedAsUnverified() {
    HttpResponse<String> registered =
        server.send(
            server
                .request("/oauth/register")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"client_name\":\"<b onclick='x'>Bank\\u202e</b>\","
                            + "\"redirect_uris\":[\"https://app.example.com/'x'\"]}")));
    Map<String, String> request = hostileRequest();
    request.put("client_id", text(registered, "client_id"));
    request.put("scope", "notes:read");
    request.put("redirect_uri", "https://app.example.com/'x'");

    HttpResponse<String> login = browser.open(request);
    HttpResponse<String> consent = browser.follow(browser.logIn(login, PAYLOAD, "secret"));
    request.put("scope", "introspect");
    HttpResponse<String> leaving = browser.open(request);

    for (HttpResponse<String> page : List.of(login, consent, leaving)) {
      expectOnlyOwnMarkup(page);
    }
    assertThat(consent.body())
        .contains("This name was supplied by the application and has not been verified.")
        .contains("<strong>&lt;b onclick=&#39;x&#39;&gt;Bank")
        .doesNotContain("\u202e");
    assertThat(leaving.body()).contains("href=\"https://app.example.com/&#39;x&#39;?");
  }

  private static void expectOnlyOwnMarkup(HttpResponse<String> page) {
    assertThat(header(page, "Content-Type")).matches("(?i)text/html; ?charset=utf-8");
    String body = page.body().replaceAll("(?s)<style>.*?</style>", "").strip();
    assertThat(PAGE.matcher(body).matches()).as(body).isTrue();
    Matcher tags = TAG.matcher(body);
    while (tags.find()) {
      assertThat(ELEMENTS).as(body).contains(tags.group(1));
      Matcher attributes = ATTRIBUTE.matcher(tags.group(2));
      while (attributes.find()) {
        assertThat(ATTRIBUTES).as(tags.group()).contains(attributes.group(1));
      }
    }
  }
}
