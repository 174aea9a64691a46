package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.testing.ResponseOracle;

/**
 * Fuzzes the properties of {@link DecisionPropertiesTest}. The normal build replays stored inputs;
 * the profile {@code fuzz} searches for new ones, guided by coverage.
 */
class DecisionFuzzTest {

  private static final ResponseOracle ORACLE =
      new ResponseOracle(DecisionPropertiesTest.MCP, DecisionPropertiesTest.ISSUER, "mcp:use");

  @FuzzTest(maxDuration = "90s")
  void introspectionResponse(FuzzedDataProvider data) {
    String body = data.consumeRemainingAsString();

    if (DecisionPropertiesTest.admits(body)) {
      assertThat(ORACLE.mayAdmit(body)).isTrue();
    }
  }

  @FuzzTest(maxDuration = "90s")
  void authorizationHeader(FuzzedDataProvider data) {
    DecisionPropertiesTest.assertParsedByTheGrammar(data.consumeRemainingAsString());
  }

  @FuzzTest(maxDuration = "90s")
  void audience(FuzzedDataProvider data) {
    String audience = data.consumeRemainingAsString();

    String canonical = ServerUri.canonical(audience);

    if (canonical.equals(DecisionPropertiesTest.MCP)) {
      assertThat(ORACLE.isOurs(audience)).isTrue();
    }
  }
}
