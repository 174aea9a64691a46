package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an active answer must say for its token to be good here and now. */
class TokenRulesTest {

  private static final BearerToken TOKEN = new BearerToken("mF_9.B5f-4.1JqM-mF_9.B5f-4.1JqM");

  private static final String GOOD =
      "\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"";

  private static SettingsBuilder builder() {
    return Settings.builder()
        .resource("https://mcp.example/mcp")
        .issuer("https://as.example")
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET);
  }

  private static String broken(Settings settings, String members) throws Exception {
    IntrospectionAnswer answer =
        IntrospectionAnswerReader.read("{\"active\":true," + members + "}", TOKEN).orElseThrow();
    return settings.tokenRules()
        .broken(
            new Verdict.Active(answer, settings.servers.get(0).server()),
            Set.of("mcp"),
            GuardedServer.NOW.toEpochMilli())
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
          "exp":1795220242               | expired: it expired at 2026-11-21T00:17:22Z
          "exp":1795220241               | expired: it expired at 2026-11-21T00:17:21Z
          "nbf":1795220272               | -
          "nbf":1795220273               | not_yet_valid: it is not valid before 2026-11-21T00:17:53Z
          "iss":"https://as.example"     | -
          "iss":"https://as.example/"    | issuer: its issuer is https://as.example/
          "cnf":{}                       | bound_token: it is bound to a key and came as plain Bearer
          """)
  void aGoodAnswerAndOneMemberMore(String member, String outcome) throws Exception {
    assertThat(broken(builder().build(), GOOD + "," + member)).isEqualTo(outcome);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "aud":"HTTPS://MCP.example:443/mcp/","token_type":"bearer" | -
          "aud":["x","https://mcp.example/mcp"]                      | -
          "aud":"https://mcp.example/mcp","token_type":"dpop" | bound_token: it is bound to a key and came as plain Bearer
          "aud":"https://mcp.example/mcp","token_type":"ID"   | token_type: its token_type is ID
          "sub":"alice"                                       | token_type: without token_type and aud it may be a refresh token
          "token_type":"Bearer"                               | audience: it names no audience; see audience-alternative
          "aud":["x","y"],"token_type":"Bearer"               | audience: it is meant for [x, y]
          """)
  void kindAndAudience(String members, String outcome) throws Exception {
    assertThat(broken(builder().build(), members)).isEqualTo(outcome);
  }

  @Test
  void withoutAConfiguredIssuerAnyIsTaken() throws Exception {
    Settings settings =
        builder().issuer("").introspectionEndpoint("https://as.example/introspect").build();

    assertThat(broken(settings, GOOD + ",\"iss\":\"https://other.example\"")).isEqualTo("-");
  }

  @Test
  void anAlternativeStandsInForNoAudienceAndForNoWrongOne() throws Exception {
    Settings settings = builder().audienceAlternative("scope:mcp").build();

    assertThat(broken(settings, "\"token_type\":\"Bearer\"")).isEqualTo("-");
    assertThat(broken(settings, "\"token_type\":\"Bearer\",\"aud\":\"x\"")).startsWith("audience");
  }

  @Test
  void severalAudiencesMayBeAccepted() throws Exception {
    Settings settings = builder().audience("api://a HTTPS://B.example/").build();

    assertThat(broken(settings, "\"aud\":\"api://a\"")).isEqualTo("-");
    assertThat(broken(settings, "\"aud\":\"https://b.example\"")).isEqualTo("-");
    assertThat(broken(settings, GOOD)).startsWith("audience");
  }
}
