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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/**
 * Whatever is sent, the answer is ours: below 500, in our form, and without a trace of our insides.
 */
@SuppressWarnings("NullAway.Init")
class NonsenseTest {
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
    RateLimit never = new InMemoryRateLimit(1_000_000, Duration.ofSeconds(1), clock);
    server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clock(clock)
                    .failedAuthenticationRateLimit(never)
                    .registrationRateLimit(never)
                    .clientMetadataDocuments(false)
                    .build()
                    .register(context));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @RepeatedTest(4)
  void formsOfAnyKind(RepetitionInfo repetition) {
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
      expectOurAnswer(server.send(request), form);
    }
  }

  @RepeatedTest(4)
  void authorizationRequestsOfAnyKind(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    for (int i = 0; i < REQUESTS; i++) {
      String query =
          random.nextBoolean()
              ? "client_id=public&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback&" + form(random)
              : form(random);
      expectOurAnswer(
          server.get("/oauth/authorize?" + query.replaceAll("%(?![0-9A-F]{2})", "")), query);
    }
  }

  @RepeatedTest(4)
  void registrationsOfAnyKind(RepetitionInfo repetition) {
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
      expectOurAnswer(
          server.send(
              server
                  .request("/oauth/register")
                  .header("Content-Type", "application/json")
                  .POST(BodyPublishers.ofString(body.toString()))),
          body.toString());
    }
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

  private static void expectOurAnswer(HttpResponse<String> answer, String sent) {
    assertThat(answer.statusCode()).as(sent).isLessThan(500);
    assertThat(answer.body()).as(sent).doesNotContain("Exception").doesNotContain("Jetty");
    if (answer.statusCode() != 303 && !answer.body().isEmpty()) {
      assertThat(header(answer, "Content-Type")).as(sent).matches("(application/json|text/html).*");
    }
    assertThat(header(answer, "X")).as(sent).isEmpty();
  }
}
