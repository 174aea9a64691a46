package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.ExpectedRefusal;
import dev.gatehouse.testing.LogWatch;
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
 * What real authorization servers answered, over a real socket, and the verdict that each must get:
 * the table in the README beside the answers.
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
   * One captured answer.
   *
   * @param text its bytes, as Latin-1 sees them
   */
  record Captured(String server, String name, String text) {

    int status() {
      return Integer.parseInt(text.split(" ", 3)[1]);
    }

    /** When it was captured, as its own token says; some other time if it speaks of none. */
    Instant issuedAt() {
      Matcher iat = ISSUED_AT.matcher(text);
      return iat.find() ? Instant.ofEpochSecond(Long.parseLong(iat.group(1))) : ManualClock.NOW;
    }

    @Override
    public String toString() {
      return server + "/" + name;
    }
  }

  static List<Captured> answers() throws IOException, URISyntaxException {
    URL folder = Objects.requireNonNull(CapturedResponsesTest.class.getResource("/introspection"));
    try (Stream<Path> files = Files.walk(Path.of(folder.toURI()))) {
      return files
          .filter(file -> file.toString().endsWith(".http"))
          .sorted()
          .map(CapturedResponsesTest::read)
          .filter(answer -> !answer.name().matches("revocation|metadata-.*"))
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

  /** The README's table, from top to bottom. */
  private static int verdict(Captured answer) {
    String name = answer.name();
    boolean signed = answer.text().contains("application/token-introspection+jwt");
    if (signed) {
      return 503;
    }
    if (name.matches("inactive-.*|.*-called-active.*|active-dpop|active-wrong-audience")
        || name.matches("active-no-audience.*|active-user-no-audience")
        || answer.toString().equals("spring-authorization-server/active-jwt-access-token")
        || answer.toString().matches("oidc-provider/(jwt-.*|id-token|long-token)")) {
      return 401;
    }
    if (name.startsWith("active-")) {
      return 200;
    }
    assertThat(answer.status())
        .as("an answer that no row of the table speaks of")
        .isNotEqualTo(200);
    return 503;
  }

  @Test
  void noAnswerIsForgotten() throws Exception {
    assertThat(answers()).hasSize(139);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void everyCapturedAnswerGetsItsVerdict(Captured answer) throws Exception {
    int verdict = verdict(answer);
    if (verdict == 503) {
      log.announce("reason=as_");
    }

    RawResponse outcome = ask(answer, "");

    assertThat(outcome.status()).as("%s", outcome).isEqualTo(verdict);
    assertThat(servlet.calls()).isEqualTo(verdict == 200 ? 1 : 0);
    if (verdict != 200) {
      new ExpectedRefusal("http://localhost:8080/.well-known/oauth-protected-resource/mcp", "")
          .assertMatches(outcome, verdict == 401 ? "invalid_token" : "-", false);
    }
  }

  static List<Captured> answersForBearers() throws IOException, URISyntaxException {
    return answers().stream().filter(answer -> verdict(answer) == 200).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answersForBearers")
  void whereAScopeIsRequiredAnAnswerWithoutScopeIsNotEnough(Captured answer) throws Exception {
    boolean hasScope = !answer.name().startsWith("active-no-scope");

    RawResponse outcome = ask(answer, "notes:read");

    assertThat(outcome.status()).as("%s", outcome).isEqualTo(hasScope ? 200 : 403);
    if (!hasScope) {
      assertThat(log.reasons()).containsExactly("scope");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answersForBearers")
  void afterItsEndNoTokenIsLetIn(Captured answer) throws Exception {
    RawResponse outcome = ask(answer, "", Instant.ofEpochSecond(1_795_300_000));

    assertThat(outcome.status()).isEqualTo(401);
    assertThat(log.reasons()).containsExactly("expired");
  }

  private RawResponse ask(Captured answer, String requiredScopes) throws Exception {
    return ask(answer, requiredScopes, answer.issuedAt());
  }

  private RawResponse ask(Captured answer, String requiredScopes, Instant now) throws Exception {
    String token = Secrets.token() + (answer.name().equals("long-token") ? "a".repeat(5000) : "");
    try (var as = new RawAuthorizationServer(RawAuthorizationServer.text(answer.text()));
        var server =
            ProtectedServer.guarding(
                servlet, new ManualClock(now), origin -> settings(answer, as, requiredScopes))) {
      RawResponse outcome =
          RawClient.send(
              server.port(),
              RawClient.request("POST /mcp", List.of("Authorization: Bearer " + token)));
      assertThat(as.requests()).singleElement().asString().contains("token=" + token);
      return outcome;
    }
  }

  private static Settings settings(
      Captured answer, RawAuthorizationServer as, String requiredScopes) {
    return TestSettings.builder()
        .resource(RESOURCE)
        .issuer(Objects.requireNonNull(ISSUERS.get(answer.server())))
        .introspectionEndpoint(as.origin() + "/introspect")
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET)
        .requiredScopes(requiredScopes)
        .build();
  }
}
