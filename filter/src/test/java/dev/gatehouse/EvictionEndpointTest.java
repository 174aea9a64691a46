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

/** The eviction endpoint evicts for callers that have the secret and refuses all others. */
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
  void aReplacedSecretIsRefused(@TempDir Path directory) throws Exception {
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
    return send("POST", "Bearer " + secret, "application/x-www-form-urlencoded", "all=true")
        .status();
  }

  private int call() throws IOException {
    return server.status(token);
  }

  private RawResponse send(String method, String authorization, String type, String body)
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
          the token               | token={token}                | 401
          another token           | token=other                  | 200
          the user                | sub=alice                    | 401
          another user            | sub=bob                      | 200
          the client              | client_id=app                | 401
          another client          | client_id=alice              | 200
          everything              | all=true                     | 401
          one of several users    | sub=bob&sub=alice            | 401
          a client and a token    | client_id=x&token={token}    | 401
          with unknown parameters | event=revoked&sub=alice&x=y  | 401
          with an empty parameter | token={token}&sub=           | 401
          form-encoded            | %73ub=%61lice                | 401
          """)
  void theNamedEntriesAreEvicted(String what, String form, int afterwards) throws Exception {
    RawResponse response =
        send(
            "POST",
            "Bearer " + SECRET,
            "application/x-www-form-urlencoded; charset=utf-8",
            form.replace("{token}", token));

    assertThat(response.status()).isEqualTo(204);
    assertThat(call()).isEqualTo(afterwards);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          no secret               | POST | ''              | application/x-www-form-urlencoded | all=true  | 401
          a wrong secret          | POST | Bearer wrong    | application/x-www-form-urlencoded | all=true  | 401
          half the secret         | POST | Bearer {half}   | application/x-www-form-urlencoded | all=true  | 401
          another scheme          | POST | Basic {secret}  | application/x-www-form-urlencoded | all=true  | 401
          a valid access token    | POST | Bearer {token}  | application/x-www-form-urlencoded | all=true  | 401
          the secret and a suffix | POST | Bearer {secret}x | application/x-www-form-urlencoded | all=true | 401
          GET                     | GET  | Bearer {secret} | application/x-www-form-urlencoded | ''        | 405
          JSON                    | POST | Bearer {secret} | application/json                  | {}        | 415
          no content type         | POST | Bearer {secret} | ''                                | all=true  | 415
          no parameters           | POST | Bearer {secret} | application/x-www-form-urlencoded | ''        | 400
          all is not true         | POST | Bearer {secret} | application/x-www-form-urlencoded | all=false | 400
          an unknown parameter    | POST | Bearer {secret} | application/x-www-form-urlencoded | user=bob  | 400
          an empty token          | POST | Bearer {secret} | application/x-www-form-urlencoded | token=    | 400
          an empty user           | POST | Bearer {secret} | application/x-www-form-urlencoded | sub=      | 400
          a blank user            | POST | Bearer {secret} | application/x-www-form-urlencoded | sub=+     | 400
          an empty client         | POST | Bearer {secret} | application/x-www-form-urlencoded | client_id | 400
          only empty parameters   | POST | Bearer {secret} | application/x-www-form-urlencoded | sub=&token=&all= | 400
          """)
  void anInvalidRequestIsRefusedAndEvictsNothing(
      String what, String method, String authorization, String type, String form, int status)
      throws Exception {
    log.announce("eviction refused: status=" + status);
    RawResponse response =
        send(
            method,
            authorization
                .replace("{secret}", SECRET)
                .replace("{half}", SECRET.substring(0, SECRET.length() / 2))
                .replace("{token}", token),
            type,
            form);

    assertThat(response.status()).isEqualTo(status);
    assertThat(response.body()).isEmpty();
    assertThat(call()).isEqualTo(200);
  }

  @Test
  void aFormOverSixtyFourKilobytesIsRefused() throws Exception {
    log.announce("eviction refused: status=413");
    String padding = "x=" + "a".repeat(64 * 1024);
    RawResponse response =
        send("POST", "Bearer " + SECRET, "application/x-www-form-urlencoded", padding);

    assertThat(response.status()).isEqualTo(413);
  }

  @Test
  void withoutEvictionPathThereIsNoEndpoint() throws Exception {
    try (var other =
        ProtectedServer.guarding(new CallerServlet(), origin -> settings(origin, ""))) {
      assertThat(other.get("/evict", "Authorization", "Bearer " + SECRET).statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void similarPathsAreNotTheEndpoint() throws Exception {
    assertThat(server.get("/evict/x", "Authorization", "Bearer " + SECRET).statusCode())
        .isEqualTo(404);
    assertThat(server.get("/evict;x", "Authorization", "Bearer " + SECRET).statusCode())
        .isNotEqualTo(204);
    log.announce("eviction refused: status=405");
  }
}
