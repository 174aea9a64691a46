package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Malformed requests never get a 5xx, a page of the container, or details of an exception. */
@SuppressWarnings("NullAway.Init")
class RandomRequestsTest {
  private static final int REQUESTS = 150;
  private static final List<String> FORM_PATHS =
      List.of(
          "/oauth/token", "/oauth/introspect", "/oauth/revoke", "/oauth/login", "/oauth/consent");
  private static final List<String> NAMES =
      List.of(
          "grant_type",
          "client_id",
          "client_secret",
          "scope",
          "resource",
          "token",
          "token_type_hint",
          "code",
          "code_verifier",
          "redirect_uri",
          "refresh_token",
          "client_assertion",
          "client_assertion_type",
          "response_type",
          "response_mode",
          "state",
          "code_challenge",
          "code_challenge_method",
          "request",
          "request_uri",
          "form_token",
          "decision",
          "username",
          "password",
          "authorization_details",
          "existing_grant",
          "device_secret",
          "prompt",
          "max_age",
          "acr_values",
          "dpop_jkt",
          "trust_chain",
          "\"",
          "é");
  private static final List<String> VALUES =
      List.of(
          "",
          " ",
          "\"",
          "\\",
          "\0",
          "\r\nX: y",
          "é",
          "a b",
          "client",
          "public",
          "web",
          "notes:read",
          "client_credentials",
          "authorization_code",
          "refresh_token",
          "password",
          "urn:ietf:params:oauth:grant-type:token-exchange",
          "urn:ietf:params:oauth:grant-type:jwt-bearer",
          "urn:ietf:params:oauth:grant-type:device_code",
          "urn:openid:params:grant-type:ciba",
          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
          "code",
          "token",
          "code token",
          "S256",
          "plain",
          "query",
          "fragment",
          "form_post",
          "https://notes.example.com/mcp",
          "http://127.0.0.1:1/callback",
          "javascript:alert(1)",
          "::",
          "a.b.c",
          "eyJhbGciOiJub25lIn0.e30.",
          "eyJhbGciOiJFUzI1NiJ9.e30.AA",
          "[]",
          "{}",
          "[{}]",
          "none",
          "login",
          "login consent",
          "300",
          "-1",
          "approve",
          "%",
          "%zz",
          "x".repeat(500));
  private static final List<String> JSON =
      List.of(
          "null",
          "true",
          "1e999",
          "\"\"",
          "[]",
          "{}",
          "[null]",
          "[1]",
          "[[]]",
          "\"none\"",
          "[\"code\"]",
          "[\"authorization_code\"]",
          "[\"https://a.example.com/\"]",
          "[\"::\"]",
          "{\"keys\":[{}]}",
          "{\"keys\":1}",
          "\"a b\"",
          "\"\\u0000\"");
  private static final List<String> MEMBERS =
      List.of(
          "redirect_uris",
          "scope",
          "response_types",
          "grant_types",
          "client_name",
          "client_name#de",
          "client_name#",
          "token_endpoint_auth_method",
          "jwks",
          "jwks_uri",
          "contacts",
          "logo_uri",
          "client_uri",
          "software_statement",
          "software_id",
          "tls_client_auth_subject_dn",
          "request_object_signing_alg",
          "authorization_details_types");

  private static TestServer server;

  @BeforeAll
  static void start() {
    TurnedClock clock = new TurnedClock();
    RateLimit unlimited = new InMemoryRateLimit(1_000_000, Duration.ofSeconds(1), clock);
    server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clock(clock)
                    .failedAuthenticationRateLimit(unlimited)
                    .registrationRateLimit(unlimited)
                    .clientMetadataDocuments(false)
                    .build()
                    .register(context));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @RepeatedTest(4)
  void randomForms(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < REQUESTS; i++) {
      String form = form(random);
      HttpRequest.Builder request = server.form(pick(random, FORM_PATHS), form);
      switch (random.nextInt(4)) {
        case 0 -> request.header("Authorization", basic("client", "client-secret"));
        case 1 -> request.header("Authorization", basic("notes-server", "notes-secret"));
        case 2 -> request.header("Authorization", "Bearer " + random.nextLong());
        default -> {}
      }
      expectCleanResponse(server.send(request), form);
    }
  }

  @RepeatedTest(4)
  void randomAuthorizationRequests(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < REQUESTS; i++) {
      String query =
          random.nextBoolean()
              ? "client_id=public&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback&" + form(random)
              : form(random);
      expectCleanResponse(
          server.get("/oauth/authorize?" + query.replaceAll("%(?![0-9A-F]{2})", "")), query);
    }
  }

  @RepeatedTest(4)
  void randomRegistrations(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < REQUESTS; i++) {
      StringBuilder body = new StringBuilder("{\"x\":1");
      if (random.nextBoolean()) {
        body.append(",\"redirect_uris\":[\"https://a.example.com/\"]");
      }
      for (int members = random.nextInt(4); members > 0; members--) {
        body.append(",\"").append(pick(random, MEMBERS)).append("\":").append(pick(random, JSON));
      }
      body.append('}');
      expectCleanResponse(
          server.send(
              server
                  .request("/oauth/register")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(body.toString()))),
          body.toString());
    }
  }

  /** Bytes of every kind, also invalid UTF-8 and broken percent-encoding. */
  @RepeatedTest(4)
  void randomBytes(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < REQUESTS; i++) {
      byte[] body = new byte[random.nextInt(300)];
      random.nextBytes(body);
      for (int at = random.nextInt(40); at < body.length; at += 1 + random.nextInt(40)) {
        body[at] = (byte) pick(random, List.of("&", "=", "%", "+", ";")).charAt(0);
      }
      String path = pick(random, FORM_PATHS);
      HttpRequest.Builder request =
          server
              .request(path)
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofByteArray(body));
      if (random.nextBoolean()) {
        request.header("Authorization", basic("notes-server", "notes-secret"));
      }
      expectCleanResponse(server.send(request), path + " seed " + i);
    }
  }

  @RepeatedTest(2)
  void randomRegistrationBytes(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < REQUESTS; i++) {
      StringBuilder body = new StringBuilder();
      for (int pieces = random.nextInt(12); pieces >= 0; pieces--) {
        body.append(
            pick(
                random, List.of("{", "}", "[", "]", ",", ":", "\"", "\\u12", "1e9", "null", "\0")));
      }
      expectCleanResponse(
          server.send(
              server
                  .request("/oauth/register")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(body.toString()))),
          body.toString());
    }
  }

  /** Headers are as hostile as bodies. */
  @RepeatedTest(2)
  void randomHeaders(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> paths = new ArrayList<>(FORM_PATHS);
    paths.add("/oauth/authorize?client_id=public");
    for (int i = 0; i < REQUESTS; i++) {
      String path = pick(random, paths);
      HttpRequest.Builder request = server.form(path, "token=abc");
      for (String name : List.of("Authorization", "Cookie", "Accept", "Origin", "Content-Type")) {
        if (random.nextInt(3) == 0) {
          request.setHeader(name, headerValue(random));
        }
      }
      HttpResponse<String> response = server.send(path.contains("?") ? request.GET() : request);
      expectCleanResponse(response, path + " seed " + i);
    }
  }

  private static String headerValue(Random random) {
    List<String> starts =
        List.of(
            "", "Basic ", "Bearer ", "gatehouse-session=", "application/", "http://", "\"", ",;");
    StringBuilder value = new StringBuilder(pick(random, starts));
    for (int length = random.nextInt(60); length > 0; length--) {
      value.append((char) (0x20 + random.nextInt(0x5F)));
    }
    return value.toString().strip();
  }

  private static String form(Random random) {
    StringBuilder form = new StringBuilder();
    for (int fields = random.nextInt(7); fields >= 0; fields--) {
      String value = pick(random, VALUES);
      form.append(encode(pick(random, NAMES)))
          .append('=')
          .append(value.startsWith("%") ? value : encode(value))
          .append('&');
    }
    return form.toString();
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static void expectCleanResponse(HttpResponse<String> response, String sent) {
    assertThat(response.statusCode()).as(sent).isLessThan(500);
    assertThat(response.body()).as(sent).doesNotContain("Exception").doesNotContain("Jetty");
    if (response.statusCode() != 303 && !response.body().isEmpty()) {
      assertThat(header(response, "Content-Type"))
          .as(sent)
          .matches("(application/json|text/html).*");
    }
    assertThat(header(response, "X")).as(sent).isEmpty();
  }
}
