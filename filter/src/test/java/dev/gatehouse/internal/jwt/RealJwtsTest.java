package dev.gatehouse.internal.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JWTs and keys as real authorization servers sent them. */
class RealJwtsTest {

  private static final Path RECORDED = Path.of("src", "test", "resources", "introspection");
  private static final String KEYCLOAK = "http://127.0.0.1:18080/realms/gatehouse";
  private static final String OIDC_PROVIDER = "http://127.0.0.1:18090";
  private static final Instant SIGNED_AT = Instant.ofEpochSecond(1_795_220_088);

  private static ServerKeys keys(String server) {
    return new ServerKeys(
        server,
        () -> {
          try {
            return new Attempt.Succeeded<>(
                KeySetReader.read(
                    Files.readString(RECORDED.resolve(server).resolve("jwks.json")),
                    EnumSet.allOf(SignatureAlgorithm.class)));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (UnusableResponseException e) {
            throw new AssertionError(e);
          }
        },
        task -> {
          task.run();
          return true;
        },
        new ManualClock(ManualClock.NOW));
  }

  private static Deadline deadline() {
    return Deadline.in(Duration.ofSeconds(30));
  }

  private static String body(String file) throws IOException {
    String response = Files.readString(RECORDED.resolve(file));
    return response.substring(response.indexOf("\r\n\r\n") + 4);
  }

  private static String keycloakToken() throws IOException {
    return StrictJson.parse(body("keycloak/active-accept-application-jwt.http"))
        .path("jwt")
        .textValue();
  }

  private static VerificationResult verify(String token, Instant now) {
    return new JwtVerifier(
            JwtFixture.server(KEYCLOAK),
            new JwtSettings(
                null, EnumSet.of(SignatureAlgorithm.RS256), Set.of("jwt"), List.of("typ")),
            keys("keycloak"),
            JwtFixture.CLOCK_SKEW,
            new ManualClock(now))
        .verify(new BearerToken(token), deadline());
  }

  @Test
  void anAccessTokenOfKeycloak() throws Exception {
    Instant issuedAt = Instant.ofEpochSecond(1_795_220_244);

    VerificationResult result = verify(keycloakToken(), issuedAt);

    assertThat(result).isInstanceOf(VerificationResult.Active.class);
    var claims = ((VerificationResult.Active) result).claims();
    assertThat(claims.clientId()).isEqualTo("mcp-client-lightweight");
    assertThat(claims.audience()).containsExactly("mcp-filter", "http://localhost:8080/mcp");
    assertThat(claims.scopes())
        .containsExactlyInAnyOrder("email", "notes:read", "profile", "Bearer");
    assertThat(claims.terms().tokenType()).isEqualTo("Bearer");
    assertThat(JwtFixture.word(verify(keycloakToken(), issuedAt.plusSeconds(300))))
        .isEqualTo("expired");
    assertThat(JwtFixture.word(verify(keycloakToken() + "A", issuedAt))).isEqualTo("signature");
  }

  private static Attempt<JsonNode> response(String file, String audience, Instant now)
      throws IOException {
    return new IntrospectionJwtVerifier(
            OIDC_PROVIDER,
            audience,
            EnumSet.allOf(SignatureAlgorithm.class),
            keys("oidc-provider"),
            JwtFixture.CLOCK_SKEW,
            new ManualClock(now))
        .verify(body("oidc-provider/" + file + ".http"), deadline());
  }

  @ParameterizedTest
  @CsvSource({
    "active-signed-response, mcp-filter-signed, true",
    "inactive-signed-response, mcp-filter-signed, false",
    "active-signed-response-not-registered, mcp-filter, true",
  })
  void aSignedResponseOfOidcProvider(String file, String audience, boolean active)
      throws Exception {
    Attempt<JsonNode> attempt = response(file, audience, SIGNED_AT);

    assertThat(attempt).isInstanceOf(Attempt.Succeeded.class);
    assertThat(((Attempt.Succeeded<JsonNode>) attempt).value().path("active").booleanValue())
        .isEqualTo(active);
    assertThat(response(file, "another", SIGNED_AT)).isInstanceOf(Attempt.Failed.class);
    assertThat(response(file, audience, SIGNED_AT.plusSeconds(91)))
        .isInstanceOf(Attempt.Failed.class);
  }
}
