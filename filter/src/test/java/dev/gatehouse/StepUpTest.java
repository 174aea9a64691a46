package dev.gatehouse;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.TestSettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What code can require of a caller, and what a client is told to request. */
class StepUpTest {

  private static final Pattern SCOPE = Pattern.compile(", scope=\"([^\"]*)\"");

  private final Settings settings =
      TestSettings.builder()
          .resource("https://mcp.example/mcp")
          .introspectionEndpoint("https://as.example/introspect")
          .clientAuthMethod("none")
          .requiredScopes("mcp | legacy base")
          .challengeScopes("mcp first")
          .scopesSupported("notes:read notes:write")
          .scopeImplies("admin > notes:read notes:write")
          .build();

  private final StepUp stepUp =
      new StepUp(
          new RefusalWriter("https://mcp.example/metadata", Set.of(), List.of()),
          settings.scopePolicy(),
          settings.knownScopes());

  /** A caller whose token has these scopes. */
  private AuthInfo caller(String scopes) {
    Set<String> granted = Scopes.parse(scopes);
    TokenClaims claims =
        new TokenClaims(
            "alice",
            new TokenClaims.Terms(null, null, List.of(), granted, null, null, null, false, true),
            TokenClaims.NEVER,
            0,
            Map.of());
    TrustedServer server =
        new TrustedServer(
            "as", null, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE);
    return new AuthInfo(
        new VerificationResult.Active(claims, server),
        settings.scopePolicy().effective(granted),
        stepUp);
  }

  private static InsufficientScopeException refusal(AuthInfo caller, String... required) {
    return requireNonNull(
        catchThrowableOfType(
            InsufficientScopeException.class, () -> caller.requireScopes(required)));
  }

  /** The scope parameter of the challenge. */
  private static String named(InsufficientScopeException refusal) {
    Matcher scope = SCOPE.matcher(refusal.challenge());
    assertThat(scope.find()).isTrue();
    return scope.group(1);
  }

  @Test
  void aScopeMayBeGrantedOrImplied() {
    assertThatCode(() -> caller("mcp notes:write").requireScope("notes:write"))
        .doesNotThrowAnyException();
    assertThatCode(() -> caller("mcp admin").requireScopes("notes:read", "notes:write"))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest(name = "{0} requires {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mcp                   | notes:write            | notes:write mcp
          mcp notes:read        | notes:write            | notes:write mcp notes:read
          mcp notes:read        | notes:write notes:read | notes:write notes:read mcp
          mcp openid email      | notes:write            | notes:write mcp
          base legacy           | notes:write            | notes:write legacy base
          mcp base legacy first | notes:write            | notes:write mcp base first legacy
          mcp admin             | notes:share            | notes:share mcp admin
          mcp Notes:Write       | notes:write            | notes:write mcp
          """)
  void aChallengeNamesWhatIsRequiredAndWhatIsKnownToBeGranted(
      String granted, String required, String named) {
    assertThat(named(refusal(caller(granted), required.split(" ", -1)))).isEqualTo(named);
  }

  @Test
  void aScopeThatCodeHasRequiredIsKnownFromThenOn() {
    AuthInfo caller = caller("mcp notes:share");
    assertThat(named(refusal(caller, "notes:write"))).isEqualTo("notes:write mcp");
    caller.requireScope("notes:share");
    assertThat(named(refusal(caller, "notes:write"))).isEqualTo("notes:write mcp notes:share");
  }

  @Test
  void fiveHundredSuchScopesAreRemembered() {
    IntStream.range(0, 2000)
        .mapToObj(i -> "x" + i)
        .forEach(scope -> caller("mcp " + scope).requireScope(scope));

    assertThat(named(refusal(caller("mcp x499"), "notes:write"))).endsWith(" x499");
    assertThat(named(refusal(caller("mcp x500"), "notes:write"))).isEqualTo("notes:write mcp");
  }

  @Test
  void theChallengeFitsIntoAHeader() {
    String many =
        IntStream.range(0, 400)
            .mapToObj(i -> "scope-with-a-long-name-" + i)
            .collect(Collectors.joining(" "));
    AuthInfo caller = caller("mcp " + many);
    caller.requireScopes(many.split(" ", -1));

    assertThat(named(refusal(caller, "notes:write")))
        .startsWith("notes:write mcp scope-with-a-long-name-0 ")
        .hasSizeBetween(4000, 4096);
  }

  @Test
  void theMessageNamesTheMissingScopesOnly() {
    InsufficientScopeException one = refusal(caller("mcp notes:read"), "notes:read", "notes:write");
    assertThat(one)
        .hasMessage(
            "The access token lacks the scope notes:write. Get a token that also has it, then call"
                + " again.");
    assertThat(one.missingScopes()).containsExactly("notes:write");
    assertThat(one.getStackTrace()).isEmpty();
    assertThat(refusal(caller("mcp"), "b", "a"))
        .hasMessage(
            "The access token lacks the scopes b, a. Get a token that also has them, then call"
                + " again.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\"", "a\\", "é", "a\nb"})
  void whatIsNotOneScopeIsAMistake(String scope) {
    assertThatIllegalArgumentException().isThrownBy(() -> caller("mcp").requireScope(scope));
  }

  @Test
  void requiringNothingIsAMistake() {
    assertThatIllegalArgumentException().isThrownBy(() -> caller("mcp").requireScopes());
  }
}
