package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.CapturedLog;
import dev.gatehouse.testing.TestHygiene;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Input on which parsers of a library throw more than their declared exceptions. */
@SuppressWarnings("NullAway.Init")
class UnreadableInputTest {
  private static final String OTHER_PRIMES =
      "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"oth\":[{}]}";

  private CapturedLog log;

  @RegisterExtension
  private final BeforeEachCallback capture = context -> log = TestHygiene.log(context);

  @AutoClose
  private final TestServer server =
      TestServer.start((origin, context) -> Demo.withUsers(origin).build().register(context));

  private int eventsBefore;

  @BeforeEach
  void countEvents() {
    eventsBefore = ownEvents();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"keys\":[null]}",
        "{\"keys\":[" + OTHER_PRIMES + "]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"oth\":[null]}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"x5c\":[\"x\"]}]}",
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"\"}]}",
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
        "{\"keys\":[[]]}",
        "{\"keys\":\"x\"}",
        "{\"keys\":null}",
        "[]",
        "null",
      })
  void aRegistrationWithUnreadableKeysIsABadRequestWithOneLineInTheLog(String jwks) {
    HttpResponse<String> response =
        server.send(
            server
                .request("/oauth/register")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"redirect_uris\":[\"https://app.example.com/\"],"
                            + "\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks\":"
                            + jwks
                            + "}")));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response)).containsEntry("error", "invalid_client_metadata");
    expectOneLineInTheLog();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/oauth/token", "/oauth/introspect", "/oauth/revoke"})
  void anAssertionWithAnUnreadableKeyInItsHeaderIsFailedAuthentication(String path) {
    String assertion =
        base64("{\"alg\":\"RS256\",\"jwk\":" + OTHER_PRIMES + "}")
            + "."
            + base64("{\"iss\":\"c\",\"sub\":\"c\",\"aud\":\"x\",\"exp\":1}")
            + ".AAAA";

    HttpResponse<String> response =
        server.post(
            path,
            "grant_type=client_credentials&token=x&client_assertion_type="
                + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                + "&client_assertion="
                + assertion);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(401);
    assertThat(json(response)).containsEntry("error", "invalid_client");
    expectOneLineInTheLog();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "/oauth/token, application/ /",
    "/oauth/introspect, ;/ /",
    "/oauth/revoke, application/",
    "/oauth/login, application/ /",
    "/oauth/token, application/json;charset=nope",
    "/oauth/register, text/plain;charset=nope",
    "/oauth/revoke, text/plain;charset=%",
  })
  void anUnreadableContentTypeIsNoForm(String path, String contentType) {
    HttpRequest.Builder request =
        server
            .request(path)
            .header("Content-Type", contentType)
            .POST(BodyPublishers.ofString("a=b"));

    assertThat(server.send(request).statusCode()).isEqualTo(415);
  }

  @ParameterizedTest // RFC 8707 §2
  @ValueSource(
      strings = {"foo:/", "file:///", "http://", "https:/", "x:/", "https://h:99999/", "a b", "%"})
  void anUnknownResourceIsInvalidHoweverItIsSpelled(String resource) {
    HttpResponse<String> token =
        server.post(
            Demo.TOKEN,
            "client",
            "client-secret",
            Demo.FROM_CLIENT + "&resource=" + encode(resource));
    Map<String, String> request = UserAgent.request();
    request.put("resource", resource);
    HttpResponse<String> redirect = new UserAgent(server).open(request);

    assertThat(token.statusCode()).as(token.body()).isEqualTo(400);
    assertThat(UserAgent.parameters(redirect)).containsKey("error");
  }

  private void expectOneLineInTheLog() {
    assertThat(ownEvents() - eventsBefore).as(() -> log.messages().toString()).isEqualTo(1);
    assertThat(log.events())
        .filteredOn(event -> event.getLoggerName().startsWith("dev.gatehouse"))
        .allSatisfy(event -> assertThat(event.getThrowableProxy()).isNull());
  }

  private int ownEvents() {
    return (int)
        log.events().stream()
            .filter(event -> event.getLoggerName().startsWith("dev.gatehouse"))
            .count();
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }
}
