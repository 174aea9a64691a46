package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.gatehouse.internal.mcp.McpBodyReader.Outcome;
import dev.gatehouse.internal.mcp.McpBodyReader.Read;
import dev.gatehouse.internal.mcp.McpBodyReader.Unreadable;
import dev.gatehouse.internal.mcp.McpMessage.Kind;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.testing.McpBodies;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** For every body, what the MCP server executes is what has been judged. */
class McpBodyPropertiesTest {

  /** How a generated body has been read. */
  enum Outcomes {
    REFUSED,
    READ_BY_US,
    READ_BY_BOTH,
    NAMED
  }

  /** If we read a body and the SDK reads it, both read the same. */
  static Outcomes assertJudgedAsExecuted(byte[] body) {
    Outcome outcome = McpBodyReader.parse(body);
    if (outcome instanceof Unreadable unreadable) {
      assertThat(unreadable.refusal().reason()).isEqualTo(Reason.MCP_BODY);
      return Outcomes.REFUSED;
    }
    McpBody read = ((Read) outcome).body();
    assertThat(read.bytes()).isSameAs(body);
    Optional<SdkReading> sdk = SdkReading.of(body);
    if (sdk.isEmpty()) {
      return Outcomes.READ_BY_US;
    }
    // The SDK reads no batch. If it did, it would have to be the one that we have read.
    assertThat(read.batch()).isFalse();
    McpMessage message = read.messages().get(0);
    SdkReading executed = sdk.get();
    assertThat(executed.method()).isEqualTo(message.method());
    assertThat(canonical(executed.id())).isEqualTo(canonical(message.id()));
    if (message.kind() == Kind.REQUEST) {
      assertThat(executed.name()).isEqualTo(message.name());
    }
    return message.name() == null ? Outcomes.READ_BY_BOTH : Outcomes.NAMED;
  }

  /** A number is the same whatever its text, such as {@code -0}. */
  private static Object canonical(@Nullable String id) {
    return id == null || id.startsWith("\"") ? String.valueOf(id) : new BigInteger(id);
  }

  @Test
  void theSdkExecutesWhatHasBeenJudged() {
    Map<Outcomes, Integer> counts = new EnumMap<>(Outcomes.class);
    for (int seed = 0; seed < 40_000; seed++) {
      byte[] body = McpBodies.body(new Random(seed));
      try {
        counts.merge(assertJudgedAsExecuted(body), 1, Integer::sum);
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ": " + new String(body, StandardCharsets.UTF_8), e);
      }
    }
    assertThat(counts.get(Outcomes.REFUSED)).isBetween(10_000, 30_000);
    assertThat(counts.get(Outcomes.NAMED))
        .as("bodies that both read, so that the test is meaningful: %s", counts)
        .isBetween(5_000, 30_000);
  }

  /** Jazzer looks for them beside the class and replays nothing if they are elsewhere. */
  @Test
  void everyFuzzTestHasStoredInputs() {
    assertThat(
            Arrays.stream(McpBodyFuzzTest.class.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(FuzzTest.class)))
        .hasSize(1)
        .allSatisfy(
            method ->
                assertThat(
                        McpBodyFuzzTest.class.getResource(
                            "McpBodyFuzzTestInputs/" + method.getName()))
                    .isNotNull());
  }
}
