package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Word of a revocation from outside: whoever has the secret, and nobody else. */
class EvictionEndpointTest {

  private static final String SECRET = Secrets.MARKER + "-eviction-secret-0123456789";

  @RegisterExtension final LogWatch log = new LogWatch();

  private final String token = Secrets.token();
  private FakeAuthorizationServer as;
  private ProtectedServer server;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    server = ProtectedServer.guarding(new CallerServlet(), origin -> settings(origin, "/evict"));
    as.introspection(
        json(
            200,
            "{\"active\":true,\"aud\":\"%s\",\"token_type\":\"Bearer\",\"sub\":\"alice\",\"client_id\":\"app\"}"
                .formatted(server.mcp())));
    assertThat(call()).isEqualTo(200);
    as.introspection(json(200, "{\"active\":false}"));
  }

  private Settings settings(String origin, String evictionPath) {
    SettingsBuilder settings =
        Settings.builder()
            .selfTest(false)
            .resource(origin + "/mcp")
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none");
    return evictionPath.isEmpty()
        ? settings.build()
        : settings.evictionPath(evictionPath).evictionSecret(SECRET).build();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    as.close();
  }

  @Test
  void aSecretReplacedInItsFileOpensNothingAnyMore(@TempDir Path directory) throws Exception {
    String old = Secrets.MARKER + "-old-eviction-secret-0123456789";
    String other = Secrets.MARKER + "-new-eviction-secret-0123456789";
    Path file = Files.writeString(directory.resolve("secret"), old);
    server.close();
    server =
        ProtectedServer.guarding(
            new CallerServlet(),
            origin ->
                Settings.builder()
                    .selfTest(false)
                    .resource(origin + "/mcp")
                    .introspectionEndpoint(as.introspectionEndpoint())
                    .clientAuthMethod("none")
                    .evictionPath("/evict")
                    .set("eviction-secret-file", file.toString())
                    .build());
    assertThat(evictAll(old)).isEqualTo(204);

    Files.writeString(file, other);
    log.announce("eviction refused: status=401");
    assertThat(evictAll(old)).isEqualTo(401);
    assertThat(evictAll(other)).isEqualTo(204);

    Files.writeString(file, "easy to guess");
    log.announce("eviction-secret-file has changed and can't be used");
    assertThat(evictAll("")).isEqualTo(401);
    assertThat(evictAll(other)).isEqualTo(204);
  }

  private int evictAll(String secret) throws IOException {
    return post("POST", "Bearer " + secret, "application/x-www-form-urlencoded", "all=true")
        .status();
  }

  private int call() throws IOException {
    return server.status(token);
  }

  private RawResponse post(String method, String authorization, String type, String body)
      throws IOException {
    String request =
        method
            + " /evict HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + (authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n")
            + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    return RawClient.send(server.port(), request);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the token           | token={token}                | 401
          another token       | token=other                  | 200
          the user            | sub=alice                    | 401
          another user        | sub=bob                      | 200
          the client          | client_id=app                | 401
          another client      | client_id=alice              | 200
          everything          | all=true                     | 401
          one of several      | sub=bob&sub=alice            | 401
          several kinds       | client_id=x&token={token}    | 401
          with others around  | event=revoked&sub=alice&x=y  | 401
          an empty one beside | token={token}&sub=           | 401
          form-encoded        | %73ub=%61lice                | 401
          """)
  void whatIsNamedIsForgotten(String what, String form, int afterwards) throws Exception {
    RawResponse answer =
        post(
            "POST",
            "Bearer " + SECRET,
            "application/x-www-form-urlencoded; charset=utf-8",
            form.replace("{token}", token));

    assertThat(answer.status()).isEqualTo(204);
    assertThat(call()).isEqualTo(afterwards);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no secret            | POST | ''              | application/x-www-form-urlencoded | all=true  | 401
          a wrong secret       | POST | Bearer wrong    | application/x-www-form-urlencoded | all=true  | 401
          half the secret      | POST | Bearer {half}   | application/x-www-form-urlencoded | all=true  | 401
          another scheme       | POST | Basic {secret}  | application/x-www-form-urlencoded | all=true  | 401
          a good access token  | POST | Bearer {token}  | application/x-www-form-urlencoded | all=true  | 401
          the secret and more  | POST | Bearer {secret}x | application/x-www-form-urlencoded | all=true | 401
          a read               | GET  | Bearer {secret} | application/x-www-form-urlencoded | ''        | 405
          another form         | POST | Bearer {secret} | application/json                  | {}        | 415
          no content type      | POST | Bearer {secret} | ''                                | all=true  | 415
          nothing to forget    | POST | Bearer {secret} | application/x-www-form-urlencoded | ''        | 400
          not quite everything | POST | Bearer {secret} | application/x-www-form-urlencoded | all=false | 400
          a name that is none  | POST | Bearer {secret} | application/x-www-form-urlencoded | user=bob  | 400
          an empty token       | POST | Bearer {secret} | application/x-www-form-urlencoded | token=    | 400
          an empty user        | POST | Bearer {secret} | application/x-www-form-urlencoded | sub=      | 400
          a blank user         | POST | Bearer {secret} | application/x-www-form-urlencoded | sub=+     | 400
          an empty client      | POST | Bearer {secret} | application/x-www-form-urlencoded | client_id | 400
          nothing but empty    | POST | Bearer {secret} | application/x-www-form-urlencoded | sub=&token=&all= | 400
          """)
  void anythingElseIsRefusedAndForgetsNothing(
      String what, String method, String authorization, String type, String form, int status)
      throws Exception {
    log.announce("eviction refused: status=" + status);
    RawResponse answer =
        post(
            method,
            authorization
                .replace("{secret}", SECRET)
                .replace("{half}", SECRET.substring(0, SECRET.length() / 2))
                .replace("{token}", token),
            type,
            form);

    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.body()).isEmpty();
    assertThat(call()).isEqualTo(200);
  }

  @Test
  void aFormIsReadToSixtyFourKilobytesAndNoFurther() throws Exception {
    log.announce("eviction refused: status=413");
    String padding = "x=" + "a".repeat(64 * 1024);
    RawResponse answer =
        post("POST", "Bearer " + SECRET, "application/x-www-form-urlencoded", padding);

    assertThat(answer.status()).isEqualTo(413);
  }

  @Test
  void unlessItIsSetThereIsNoSuchPath() throws Exception {
    try (var other =
        ProtectedServer.guarding(new CallerServlet(), origin -> settings(origin, ""))) {
      assertThat(other.get("/evict", "Authorization", "Bearer " + SECRET).statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void noPathBesideItIsTheFilters() throws Exception {
    assertThat(server.get("/evict/x", "Authorization", "Bearer " + SECRET).statusCode())
        .isEqualTo(404);
    assertThat(server.get("/evict;x", "Authorization", "Bearer " + SECRET).statusCode())
        .isNotEqualTo(204);
    log.announce("eviction refused: status=405");
  }
}
