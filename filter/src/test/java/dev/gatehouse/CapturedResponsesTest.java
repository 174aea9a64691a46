package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.ExpectedRefusal;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.RawAuthorizationServer;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays captured responses of real authorization servers over a real socket. The table in the
 * README beside them lists the status that each must lead to.
 */
class CapturedResponsesTest {

  private static final String RESOURCE = "http://localhost:8080/mcp";

  private static final Map<String, String> ISSUERS =
      Map.of(
          "keycloak", "http://127.0.0.1:18080/realms/gatehouse",
          "oidc-provider", "http://127.0.0.1:18090",
          "spring-authorization-server", "http://127.0.0.1:18100");

  private static final Pattern ISSUED_AT = Pattern.compile("\"iat\":(\\d+)");

  @RegisterExtension final LogWatch log = new LogWatch();

  private final CallerServlet servlet = new CallerServlet();

  /**
   * One captured response.
   *
   * @param text its bytes, decoded as Latin-1
   */
  record Captured(String server, String name, String text) {

    int status() {
      return Integer.parseInt(text.split(" ", 3)[1]);
    }

    /** The {@code iat} of its token, or any other time if it has none. */
    Instant issuedAt() {
      Matcher iat = ISSUED_AT.matcher(text);
      return iat.find() ? Instant.ofEpochSecond(Long.parseLong(iat.group(1))) : ManualClock.NOW;
    }

    @Override
    public String toString() {
      return server + "/" + name;
    }
  }

  static List<Captured> responses() throws IOException, URISyntaxException {
    URL folder = Objects.requireNonNull(CapturedResponsesTest.class.getResource("/introspection"));
    try (Stream<Path> files = Files.walk(Path.of(folder.toURI()))) {
      return files
          .filter(file -> file.toString().endsWith(".http"))
          .sorted()
          .map(CapturedResponsesTest::read)
          .filter(captured -> !captured.name().matches("revocation|metadata-.*"))
          .toList();
    }
  }

  private static Captured read(Path file) {
    try {
      return new Captured(
          String.valueOf(Objects.requireNonNull(file.getParent()).getFileName()),
          String.valueOf(file.getFileName()).replace(".http", ""),
          Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The status in the README's table. */
  private static int expectedStatus(Captured captured) {
    String name = captured.name();
    boolean signed = captured.text().contains("application/token-introspection+jwt");
    if (signed) {
      return 503;
    }
    if (name.matches("inactive-.*|.*-called-active.*|active-dpop|active-wrong-audience")
        || name.matches("active-no-audience.*|active-user-no-audience")
        || captured.toString().equals("spring-authorization-server/active-jwt-access-token")
        || captured.toString().matches("oidc-provider/(jwt-.*|id-token|long-token)")) {
      return 401;
    }
    if (name.startsWith("active-")) {
      return 200;
    }
    assertThat(captured.status()).as("a response that is not in the table").isNotEqualTo(200);
    return 503;
  }

  @Test
  void allCapturedResponsesAreReplayed() throws Exception {
    assertThat(responses()).hasSize(139);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("responses")
  @LogsWarning(maybe = "user_unknown") // some servers send no sub
  void everyCapturedResponseGetsItsExpectedStatus(Captured captured) throws Exception {
    int expectedStatus = expectedStatus(captured);
    if (expectedStatus == 503) {
      log.announce("reason=as_");
    }

    RawResponse response = replay(captured, "");

    assertThat(response.status()).as("%s", response).isEqualTo(expectedStatus);
    assertThat(servlet.calls()).isEqualTo(expectedStatus == 200 ? 1 : 0);
    if (expectedStatus != 200) {
      new ExpectedRefusal("http://localhost:8080/.well-known/oauth-protected-resource/mcp", "")
          .assertMatches(response, expectedStatus == 401 ? "invalid_token" : "-", false);
    }
  }

  static List<Captured> admittedResponses() throws IOException, URISyntaxException {
    return responses().stream().filter(captured -> expectedStatus(captured) == 200).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("admittedResponses")
  @LogsWarning(maybe = "user_unknown") // some servers send no sub
  void aResponseWithoutTheRequiredScopeIsRefused(Captured captured) throws Exception {
    boolean hasScope = !captured.name().startsWith("active-no-scope");

    RawResponse response = replay(captured, "notes:read");

    assertThat(response.status()).as("%s", response).isEqualTo(hasScope ? 200 : 403);
    if (!hasScope) {
      assertThat(log.reasons()).containsExactly("scope");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("admittedResponses")
  void anExpiredTokenIsRefused(Captured captured) throws Exception {
    RawResponse response = replay(captured, "", Instant.ofEpochSecond(1_795_300_000));

    assertThat(response.status()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("expired");
  }

  private RawResponse replay(Captured captured, String requiredScopes) throws Exception {
    return replay(captured, requiredScopes, captured.issuedAt());
  }

  private RawResponse replay(Captured captured, String requiredScopes, Instant now)
      throws Exception {
    String token = Secrets.token() + (captured.name().equals("long-token") ? "a".repeat(5000) : "");
    try (var as = new RawAuthorizationServer(RawAuthorizationServer.text(captured.text()));
        var server =
            ProtectedServer.guarding(
                servlet, new ManualClock(now), origin -> settings(captured, as, requiredScopes))) {
      RawResponse response =
          RawClient.send(
              server.port(),
              RawClient.request("POST /mcp", List.of("Authorization: Bearer " + token)));
      assertThat(as.requests()).singleElement().asString().contains("token=" + token);
      return response;
    }
  }

  private static Settings settings(
      Captured captured, RawAuthorizationServer as, String requiredScopes) {
    return TestSettings.builder()
        .resource(RESOURCE)
        .issuer(Objects.requireNonNull(ISSUERS.get(captured.server())))
        .introspectionEndpoint(as.origin() + "/introspect")
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET)
        .requiredScopes(requiredScopes)
        .build();
  }
}
