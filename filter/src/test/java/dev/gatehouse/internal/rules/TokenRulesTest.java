package dev.gatehouse.internal.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.introspection.Introspectors;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which claims of an active token this resource server accepts. */
class TokenRulesTest {

  private static final BearerToken TOKEN = new BearerToken("mF_9.B5f-4.1JqM-mF_9.B5f-4.1JqM");

  private static final String VALID =
      "\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"";

  private static final Set<String> AUDIENCE = Set.of("https://mcp.example/mcp");
  private static final TrustedServer SERVER =
      server("https://as.example", new AudienceAlternative.Refused());

  private static TrustedServer server(
      @Nullable String issuer, AudienceAlternative audienceAlternative) {
    return new TrustedServer("as", issuer, null, audienceAlternative, false, TrustLimits.NONE);
  }

  private static String broken(String members) throws Exception {
    return broken(SERVER, AUDIENCE, members);
  }

  private static String broken(TrustedServer server, Set<String> audience, String members)
      throws Exception {
    TokenClaims claims =
        Introspectors.read("{\"active\":true," + members + "}", TOKEN).orElseThrow();
    return new TokenRules(AcceptedAudience.of(audience), Duration.ofSeconds(30))
        .check(
            new VerificationResult.Active(claims, server),
            Set.of("mcp"),
            ManualClock.NOW.toEpochMilli())
        .map(refusal -> refusal.reason().code() + ": " + refusal.detail())
        .orElse("-");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "exp":1795220243               | -
          "exp":1795220242               | expired: the token expired at 2026-11-21T00:17:22Z; the current time is 2026-11-21T00:17:22Z
          "exp":1795220241               | expired: the token expired at 2026-11-21T00:17:21Z; the current time is 2026-11-21T00:17:22Z
          "nbf":1795220272               | -
          "nbf":1795220273               | not_yet_valid: the token is not valid before 2026-11-21T00:17:53Z; the current time is 2026-11-21T00:17:22Z
          "iss":"https://as.example"     | -
          "iss":"https://as.example/"    | issuer: the token's issuer is https://as.example/, expected https://as.example
          "cnf":{}                       | -
          """)
  void timeAndIssuerAreVerified(String member, String outcome) throws Exception {
    assertThat(broken(VALID + "," + member)).isEqualTo(outcome);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "aud":"HTTPS://MCP.example:443/mcp/","token_type":"bearer" | -
          "aud":["x","https://mcp.example/mcp"]                      | -
          "aud":"https://mcp.example/mcp","token_type":"dpop" | -
          "aud":"https://mcp.example/mcp","token_type":"ID"   | token_type: the token_type is ID
          "aud":"https://mcp.example/mcp","token_type":"ACCESS_token" | -
          "aud":"https://mcp.example/mcp","typ":"Offline"     | token_type: the typ is Offline
          "aud":"https://mcp.example/mcp","typ":"Application/Logout+JWT" | token_type: the typ is Application/Logout+JWT
          "aud":"https://mcp.example/mcp","typ":"application/at+jwt" | -
          "aud":"https://mcp.example/mcp","typ":"bearer"      | -
          "aud":"https://mcp.example/mcp","typ":"dPoP"        | -
          "aud":"https://mcp.example/mcp","token_use":"ID"    | token_type: the token_use is ID
          "aud":"https://mcp.example/mcp","token_use":"Access" | -
          "sub":"alice"                                       | token_type: without token_type and aud, the token may be a refresh token
          "token_type":"Bearer"                               | audience: the token names no audience; see audience-alternative
          "aud":["x","y"],"token_type":"Bearer"               | audience: the token's audience is [x, y]
          """)
  void tokenTypeAndAudienceAreVerified(String members, String outcome) throws Exception {
    assertThat(broken(members)).isEqualTo(outcome);
  }

  @Test
  void withoutAConfiguredIssuerAnyIssuerIsAccepted() throws Exception {
    TrustedServer server = server(null, new AudienceAlternative.Refused());

    assertThat(broken(server, AUDIENCE, VALID + ",\"iss\":\"https://other.example\""))
        .isEqualTo("-");
  }

  @Test
  void anAudienceAlternativeReplacesAMissingAudienceButNotAWrongOne() throws Exception {
    TrustedServer server =
        server("https://as.example", new AudienceAlternative.OneOfScopes(Set.of("mcp")));

    assertThat(broken(server, AUDIENCE, "\"token_type\":\"Bearer\"")).isEqualTo("-");
    assertThat(broken(server, AUDIENCE, "\"token_type\":\"Bearer\",\"aud\":\"x\""))
        .startsWith("audience");
  }

  @Test
  void severalAudiencesMayBeAccepted() throws Exception {
    Set<String> audience = Set.of("api://a", "HTTPS://B.example/", "https://c.example/");

    assertThat(broken(SERVER, audience, "\"aud\":\"api://a\"")).isEqualTo("-");
    assertThat(broken(SERVER, audience, "\"aud\":\"https://b.example\"")).isEqualTo("-");
    assertThat(broken(SERVER, audience, VALID)).startsWith("audience");
    assertThat(broken(SERVER, audience, "\"aud\":\"https://c.example//\""))
        .as("two slashes are not one")
        .startsWith("audience");
  }
}
