package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.proof.AddressRanges;
import dev.gatehouse.internal.proof.InMemoryUsedProofs;
import dev.gatehouse.internal.proof.PossessionCheck;
import dev.gatehouse.internal.proof.ProofMode;
import dev.gatehouse.internal.proof.ProofSettings;
import dev.gatehouse.internal.rules.AcceptedAudience;
import dev.gatehouse.internal.rules.ScopePolicy;
import dev.gatehouse.internal.rules.TokenRules;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Credentials;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.Generators;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.ResponseOracle;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Thousands of generated inputs for the steps of the decision: none causes an unexpected exception,
 * and none is admitted that a second implementation of the rules refuses.
 */
class DecisionPropertiesTest {

  private static final BearerToken TOKEN = new BearerToken("mF_9.B5f-4.1JqM-mF_9.B5f-4.1JqM");

  static final String MCP = "https://mcp.example/mcp";
  static final String ISSUER = "https://as.example";

  private static final TokenRules RULES =
      new TokenRules(AcceptedAudience.of(Set.of(MCP)), Duration.ZERO);

  /** Nothing is accepted that is bound to a key or a certificate. */
  private static final PossessionCheck POSSESSION =
      new PossessionCheck(
          new ProofSettings(
              new ProofSettings.Dpop(ProofMode.OFF, MCP, List.of(), Duration.ZERO, false),
              new ProofSettings.Certificates(ProofMode.OFF, null, AddressRanges.NONE),
              Duration.ZERO),
          new InMemoryUsedProofs(InstantSource.system()),
          InstantSource.system());

  private static final ScopePolicy SCOPES = new ScopePolicy(List.of(Set.of("mcp:use")), Map.of());
  private static final TrustedServer SERVER =
      new TrustedServer(
          "as", ISSUER, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE);
  private static final ResponseOracle ORACLE = new ResponseOracle(MCP, ISSUER, "mcp:use");

  private static Credentials from(String... fieldLines) {
    return BearerToken.from(Collections.enumeration(List.of(fieldLines)));
  }

  /** Whether this introspection response admits a request. */
  static boolean admits(String body) {
    try {
      Optional<TokenClaims> claims = IntrospectionResponseReader.read(body, TOKEN, List.of());
      if (claims.isEmpty()) {
        return false;
      }
      Set<String> scopes = SCOPES.effective(claims.get().scopes());
      Optional<Refusal> refusal =
          RULES
              .check(
                  new VerificationResult.Active(claims.get(), SERVER),
                  scopes,
                  ManualClock.NOW.toEpochMilli())
              .or(() -> POSSESSION.checkBinding(TOKEN, claims.get()))
              .or(() -> SCOPES.check(scopes));
      return refusal.isEmpty();
    } catch (UnusableResponseException e) {
      assertThat(e.problem()).isNotBlank();
      return false;
    }
  }

  /** The header yields a token if and only if it matches the grammar of RFC 6750 §2.1. */
  static void assertParsedByTheGrammar(String header) {
    Credentials credentials = from(header);
    if (header.matches("(?i)bearer +[A-Za-z0-9._~+/-]+=*")) {
      assertThat(credentials).isEqualTo(new BearerToken(header.replaceFirst("(?i)bearer +", "")));
    } else {
      assertThat(credentials).isNotInstanceOf(BearerToken.class);
    }
  }

  /** Jazzer looks for them beside the class and replays nothing if they are elsewhere. */
  @Test
  void everyFuzzTestHasStoredInputs() {
    assertThat(
            Arrays.stream(DecisionFuzzTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(FuzzTest.class)))
        .hasSize(3)
        .allSatisfy(
            method ->
                assertThat(
                        DecisionFuzzTest.class.getResource(
                            "DecisionFuzzTestInputs/" + method.getName()))
                    .isNotNull());
  }

  @Test
  void onlyAnAdmissibleResponseAdmits() {
    int admitted = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      String body = Generators.introspectionResponse(new Random(seed), MCP, ISSUER);
      if (admits(body)) {
        admitted++;
        assertThat(ORACLE.mayAdmit(body)).as("seed %d: %s", seed, body).isTrue();
      }
    }
    assertThat(admitted)
        .as("admitted responses, so that the test is meaningful")
        .isBetween(2_000, 18_000);
  }

  @Test
  void onlyAHeaderThatMatchesTheGrammarYieldsAToken() {
    for (int seed = 0; seed < 5_000; seed++) {
      assertParsedByTheGrammar(Generators.header(new Random(seed)));
    }
  }

  @Test
  void twoHeadersAreAlwaysMalformed() {
    for (int seed = 0; seed < 1_000; seed++) {
      Random random = new Random(seed);
      assertThat(from(Generators.header(random), Generators.header(random)))
          .isInstanceOf(Credentials.Malformed.class);
    }
  }
}
