package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.testing.ResponseOracle;

/**
 * The same properties, guided by coverage. The normal build replays the stored inputs; the profile
 * {@code fuzz} searches for new ones.
 */
class DecisionFuzzTest {

  private static final ResponseOracle ORACLE =
      new ResponseOracle(DecisionPropertiesTest.MCP, DecisionPropertiesTest.ISSUER, "mcp:use");

  @FuzzTest(maxDuration = "2m")
  void anAnswer(FuzzedDataProvider data) {
    String body = data.consumeRemainingAsString();

    if (DecisionPropertiesTest.letsIn(body)) {
      assertThat(ORACLE.mayAdmit(body)).isTrue();
    }
  }

  @FuzzTest(maxDuration = "2m")
  void aHeader(FuzzedDataProvider data) {
    DecisionPropertiesTest.assertReadByTheGrammar(data.consumeRemainingAsString());
  }

  @FuzzTest(maxDuration = "2m")
  void anAudience(FuzzedDataProvider data) {
    String audience = data.consumeRemainingAsString();

    String canonical = ServerUri.canonical(audience);

    if (canonical.equals(DecisionPropertiesTest.MCP)) {
      assertThat(ORACLE.isOurs(audience)).isTrue();
    }
  }
}
