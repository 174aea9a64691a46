package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.BrokenStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Methods, content types, body limits and common headers of every endpoint. */
@SuppressWarnings("NullAway.Init")
class EndpointTableTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final int LIMIT = 64 * 1024;

  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        TestServer.start((origin, context) -> Demo.withUsers(origin).build().register(context));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /oauth/token      | POST, OPTIONS      | application/json | true
          /oauth/revoke     | POST, OPTIONS      | application/json | true
          /oauth/introspect | POST               | application/json | false
          /oauth/register   | POST, OPTIONS      | application/json | true
          /oauth/login      | POST               | text/html        | false
          /oauth/consent    | POST               | text/html        | false
          /oauth/authorize  | GET, HEAD          | text/html        | false
          /oauth/jwks       | GET, HEAD, OPTIONS | application/json | true
          /.well-known/oauth-authorization-server | GET, HEAD, OPTIONS | application/json | true
          /.well-known/openid-configuration       | GET, HEAD, OPTIONS | application/json | true
          """)
  void everyOtherMethodGets405WithTheAllowedMethods(
      String path, String allowed, String errorType, boolean isForBrowserClients) {
    List<String> accepted = Arrays.asList(allowed.split(", "));
    for (String method :
        List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "MADE-UP")) {
      HttpResponse<String> response = send(method, path);

      String what = method + " " + path;
      if (accepted.contains(method) || (method.equals("OPTIONS") && isForBrowserClients)) {
        assertThat(response.statusCode()).as(what).isNotEqualTo(405).isLessThan(500);
      } else {
        assertThat(response.statusCode()).as(what).isEqualTo(405);
        assertThat(header(response, "Allow")).as(what).isEqualTo(allowed); // RFC 9110 §15.5.6
        assertThat(header(response, "Content-Type")).as(what).startsWith(errorType);
      }
      assertThat(header(response, "X-Content-Type-Options")).as(what).isEqualTo("nosniff");
      assertThat(header(response, "Server")).as(what).doesNotContain("Gatehouse");
      if (method.equals("HEAD")) {
        assertThat(response.body()).as(what).isEmpty();
      }
    }
  }

  @ParameterizedTest // RFC 9110 §9.3.2
  @ValueSource(
      strings = {"/oauth/jwks", "/.well-known/oauth-authorization-server", "/oauth/authorize?x=y"})
  void headHasTheHeadersOfGetAndNoBody(String path) {
    HttpResponse<String> get = server.get(path);
    HttpResponse<String> head = send("HEAD", path);

    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(header(head, "Content-Type")).isEqualTo(header(get, "Content-Type"));
    assertThat(header(head, "Content-Length")).isEqualTo(header(get, "Content-Length"));
    assertThat(Integer.parseInt(header(head, "Content-Length"))).isPositive();
    assertThat(head.body()).isEmpty();
  }

  /** Fetch standard: "*" only where no cookie is used, and "Authorization" is named. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /oauth/token      | POST
          /oauth/revoke     | POST
          /oauth/register   | POST
          /oauth/jwks       | GET, HEAD, OPTIONS
          /.well-known/oauth-authorization-server | GET, HEAD, OPTIONS
          /.well-known/openid-configuration       | GET, HEAD, OPTIONS
          /oauth/introspect |
          /oauth/authorize  |
          /oauth/login      |
          /oauth/consent    |
          """)
  void onlyEndpointsForBrowserClientsAllowOtherOrigins(String path, @Nullable String methods) {
    HttpResponse<String> preflight =
        server.send(
            server
                .request(path)
                .method("OPTIONS", BodyPublishers.noBody())
                .header("Origin", "https://app.example.com")
                .header("Access-Control-Request-Method", "POST"));
    HttpResponse<String> refused = send("DELETE", path);

    assertThat(header(preflight, "Access-Control-Allow-Credentials")).isEmpty();
    if (methods == null) {
      assertThat(preflight.statusCode()).isEqualTo(405);
      assertThat(header(preflight, "Access-Control-Allow-Origin")).isEmpty();
      assertThat(header(preflight, "Access-Control-Allow-Methods")).isEmpty();
      assertThat(header(refused, "Access-Control-Allow-Origin")).isEmpty();
    } else {
      assertThat(preflight.statusCode()).isEqualTo(204);
      assertThat(preflight.body()).isEmpty();
      assertThat(header(preflight, "Access-Control-Allow-Origin")).isEqualTo("*");
      assertThat(header(preflight, "Access-Control-Allow-Methods")).isEqualTo(methods);
      assertThat(header(preflight, "Access-Control-Allow-Headers"))
          .isEqualTo("Authorization, Content-Type, DPoP, MCP-Protocol-Version");
      // Otherwise scripts could not read why a request was refused.
      assertThat(header(refused, "Access-Control-Allow-Origin")).isEqualTo("*");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the registered one       | application/x-www-form-urlencoded                | true
          upper case               | APPLICATION/X-WWW-FORM-URLENCODED                | true
          with a charset           | application/x-www-form-urlencoded; charset=utf-8 | true
          JSON                     | application/json                                 | false
          multipart                | multipart/form-data; boundary=x                  | false
          text                     | text/plain                                       | false
          the type as a parameter  | text/plain; x=application/x-www-form-urlencoded  | false
          a suffix                 | application/x-www-form-urlencoded+json           | false
          not a media type         | form                                             | false
          empty                    | ''                                               | false
          none                     |                                                  | false
          """)
  void formEndpointsReadOnlyForms(String what, @Nullable String type, boolean accepted) {
    for (String path :
        List.of(
            "/oauth/token",
            "/oauth/revoke",
            "/oauth/introspect",
            "/oauth/login",
            "/oauth/consent")) {
      HttpRequest.Builder request = server.request(path).POST(BodyPublishers.ofString("a=b"));
      if (type != null) {
        request.header("Content-Type", type);
      }

      int status = server.send(request).statusCode();

      if (accepted) {
        assertThat(status).as(path).isIn(401, 403);
      } else {
        assertThat(status).as(path).isEqualTo(415);
      }
    }
  }

  @ParameterizedTest(name = "{0} bytes, known length: {1}")
  @CsvSource({
    "65536, true, false",
    "65536, false, false",
    "65537, true, true",
    "65537, false, true",
    "1000000, true, true",
    "1000000, false, true",
  })
  void bodiesUpTo64KibAreRead(int length, boolean knownLength, boolean tooLarge) {
    String body = "token=" + "a".repeat(length - "token=".length());
    for (String path :
        List.of(
            "/oauth/token",
            "/oauth/revoke",
            "/oauth/introspect",
            "/oauth/login",
            "/oauth/consent")) {
      HttpResponse<String> response =
          server.send(
              server.request(path).header("Content-Type", FORM).POST(publisher(body, knownLength)));

      assertThat(response.statusCode() == 413).as(path + " " + response).isEqualTo(tooLarge);
      assertThat(response.statusCode()).as(path).isLessThan(500);
      assertThat(response.body()).as(path).doesNotContain("aaaaaaaa");
    }
  }

  private static BodyPublisher publisher(String body, boolean knownLength) {
    return knownLength
        ? BodyPublishers.ofString(body)
        : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(UTF_8)));
  }

  @Test
  void theLimitCountsBytesAndNotCharacters() {
    String body = "token=" + "é".repeat(LIMIT / 2);

    assertThat(server.post("/oauth/introspect", body).statusCode()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/oauth/token", "/oauth/revoke", "/oauth/introspect"})
  void twoAuthorizationHeadersAreRefused(String path) {
    HttpResponse<String> response =
        server.send(
            server
                .form(path, "token=abc&grant_type=client_credentials")
                .header("Authorization", basic("client", "client-secret"))
                .header("Authorization", basic("notes-server", "notes-secret")));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response)).containsEntry("error", "invalid_request");
  }

  @ParameterizedTest // RFC 6749 §3.2
  @ValueSource(
      strings = {
        "token=a&token=a",
        "token=a&grant_type=x&grant_type=x",
        "token=a&unknown=1&unknown=2",
        "token=a&client_id=client&client_id=client",
        "token=a&%74oken=b",
        "token=a&token_type_hint=x&token_type_hint=y",
        "a=&a=",
      })
  void aRepeatedParameterIsRefused(String form) {
    for (String path : List.of("/oauth/token", "/oauth/revoke", "/oauth/introspect")) {
      HttpResponse<String> response = server.post(path, "notes-server", "notes-secret", form);

      assertThat(response.statusCode()).as(path).isEqualTo(400);
      assertThat(json(response)).as(path).containsEntry("error", "invalid_request");
      assertThat(header(response, "Cache-Control")).as(path).isEqualTo("no-store");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/oauth/",
        "/oauth/unknown",
        "/oauth/token/",
        "/oauth/token/x",
        "/oauth/authorize/x",
        "/oauth/jwks/x",
        "/oauth/TOKEN",
        "/oauth/login/../unknown",
        "/.well-known/openid-configuration/x",
        "/.well-known/oauth-authorization-server/oauth/token",
      })
  void everyOtherPathGets404WithoutAPageOfTheContainer(String path) {
    for (String method : List.of("GET", "POST", "OPTIONS")) {
      HttpResponse<String> response = send(method, path);

      assertThat(response.statusCode()).as(method).isEqualTo(404);
      assertThat(header(response, "Content-Type")).as(method).startsWith("application/json");
      assertThat(response.body()).as(method).doesNotContain("Jetty").doesNotContain(path);
    }
  }

  @Test // the issuer decides, not the Host header, which callers choose
  void noResponseContainsTheHostOfTheRequest() {
    for (String path :
        List.of(
            "/.well-known/oauth-authorization-server",
            "/oauth/jwks",
            "/oauth/unknown",
            "/oauth/authorize?" + UserAgent.form(UserAgent.request()))) {
      HttpResponse<String> response =
          server.send(server.request(path).GET().header("X-Forwarded-Host", "evil.example.com"));

      assertThat(response.body()).as(path).doesNotContain("evil.example.com");
      assertThat(response.headers().toString()).as(path).doesNotContain("evil.example.com");
    }
  }

  @LogsWarning({"the store is unavailable", "IntrospectionEndpoint failed"})
  @Test
  void scriptsCanReadA503AndNoDetailIsDisclosed() {
    try (TestServer broken =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin).tokenStore(new BrokenStore()).build().register(context))) {
      HttpResponse<String> token =
          broken.post("/oauth/token", "client", "client-secret", Demo.FROM_CLIENT);
      HttpResponse<String> revoke =
          broken.post("/oauth/revoke", "client", "client-secret", "token=abc");
      HttpResponse<String> introspect = Demo.introspect(broken, "abc");
      HttpResponse<String> bug = Demo.introspect(broken, "bug");

      for (HttpResponse<String> response : List.of(token, revoke, introspect)) {
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(json(response))
            .containsOnlyKeys("error", "error_description")
            .containsEntry("error", "temporarily_unavailable");
        assertThat(header(response, "Retry-After")).isEqualTo("5");
      }
      for (HttpResponse<String> response : List.of(token, revoke)) {
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
      }
      assertThat(header(introspect, "Access-Control-Allow-Origin")).isEmpty();
      assertThat(bug.statusCode()).isEqualTo(500);
      assertThat(json(bug))
          .containsOnlyKeys("error", "error_description")
          .containsEntry("error", "server_error")
          .containsEntry("error_description", "Internal server error");
    }
  }

  @LogsWarning("the store is unavailable")
  @Test
  void anUnavailableStoreIsAPageForBrowsers() {
    try (TestServer broken =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin).tokenStore(new BrokenStore()).build().register(context))) {
      UserAgent browser = new UserAgent(broken);
      HttpResponse<String> consent =
          browser.follow(browser.logIn(browser.open(UserAgent.request()), "alice", "alice-secret"));

      HttpResponse<String> response = browser.decide(consent, "approve");

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(header(response, "Content-Type")).startsWith("text/html");
      assertThat(header(response, "Retry-After")).isEqualTo("5");
      assertThat(header(response, "Location")).isEmpty();
      assertThat(response.body())
          .contains("The server is temporarily unavailable.")
          .doesNotContain("Exception", "scripted");
    }
  }

  @Test // the client would miss the response if the connection were closed while it sends
  void aClientThatIsStillSendingGetsTheResponseOnTheSameConnection() {
    String body = "token=" + "a".repeat(900_000);

    List<Integer> statuses =
        Stream.generate(() -> server.post("/oauth/token", body).statusCode()).limit(5).toList();

    assertThat(statuses).containsOnly(413);
  }

  private static HttpResponse<String> send(String method, String path) {
    return server.send(server.request(path).method(method, BodyPublishers.noBody()));
  }
}
