package dev.gatehouse.internal.mcp;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/**
 * Fuzzes the property of {@link McpBodyPropertiesTest}, with the parser of the MCP Java SDK as the
 * reference. The normal build replays stored inputs; the profile {@code fuzz} searches for new
 * ones, guided by coverage.
 */
class McpBodyFuzzTest {

  @FuzzTest(maxDuration = "90s")
  void body(FuzzedDataProvider data) {
    McpBodyPropertiesTest.assertJudgedAsExecuted(data.consumeRemainingAsBytes());
  }
}
