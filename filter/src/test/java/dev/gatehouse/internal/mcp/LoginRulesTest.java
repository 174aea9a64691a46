package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.mcp.PolicyFixture.Caller;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Refusal.Needed;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules about strength and age of the login (RFC 9470). */
class LoginRulesTest {

  private static McpMessage call(String method, String name) {
    return PolicyFixture.request("1", method, name);
  }

  @ParameterizedTest(name = "acr={0} auth_time={1}")
  @CsvSource({
    "gold, -1, true",
    "silver, -300, true",
    "gold, -330, true",
    "gold, -331, false",
    "gold, 30, true",
    "gold, 31, false",
    "bronze, -1, false",
    "GOLD, -1, false",
    "'gold silver', -1, false",
    ", -1, false",
    "gold, , false",
  })
  void aLoginMustBeStrongAndRecent(@Nullable String acr, @Nullable Long authTime, boolean enough) {
    PolicyFixture policy = PolicyFixture.of("tool a: x, acr=gold silver, max-age=5m");
    Caller caller = Caller.with("x").loggedIn(acr, authTime);
    var refusal = policy.check(caller, call("tools/call", "a"));

    assertThat(refusal.isEmpty()).isEqualTo(enough);
    if (!enough) {
      assertThat(refusal.orElseThrow().reason()).isEqualTo(Reason.AUTHENTICATION);
      assertThat(refusal.orElseThrow().needed())
          .isEqualTo(new Needed(Set.of("x"), List.of("gold", "silver"), Duration.ofMinutes(5)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "NaN", "Infinity", "-Infinity", "list", "true"})
  void aMalformedTimeOfLoginIsNotEnough(String value) {
    Object authTime =
        switch (value) {
          case "text" -> "" + Caller.NOW_SECONDS;
          case "list" -> List.of(Caller.NOW_SECONDS);
          case "true" -> true;
          default -> Double.valueOf(value);
        };
    Caller caller = Caller.with("").claiming(Map.of("auth_time", authTime));

    assertThat(PolicyFixture.of("tool a: max-age=5m").check(caller, call("tools/call", "a")))
        .isPresent();
  }

  @Test
  void missingScopesComeFirstButTheLoginIsNamedAtOnce() {
    Refusal refusal =
        PolicyFixture.of("tool a: x, max-age=5m; method tools/call: acr=gold, max-age=1h")
            .check(Caller.with(""), call("tools/call", "a"))
            .orElseThrow();

    assertThat(refusal.reason()).isEqualTo(Reason.SCOPE);
    assertThat(refusal.needed())
        .isEqualTo(new Needed(Set.of("x"), List.of("gold"), Duration.ofMinutes(5)));
  }

  @Test
  void aLoginThatIsGoodEnoughIsNotNamed() {
    Caller caller = Caller.with("").loggedIn("gold", -1L);
    Needed needed =
        PolicyFixture.of("tool a: x, max-age=5m").needed(caller, call("tools/call", "a"));

    assertThat(needed).isEqualTo(Needed.scopes(Set.of("x")));
  }

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource({
    "gold silver, silver bronze, silver",
    "gold silver, silver gold, gold silver",
    "gold, silver, gold",
  })
  void oneLoginIsRequestedForAllRules(String first, String second, String named) {
    Needed needed =
        PolicyFixture.of("tool a: acr=%s; tool b: acr=%s".formatted(first, second))
            .needed(Caller.with(""), call("tools/call", "a"), call("tools/call", "b"));

    assertThat(needed.acrValues()).isEqualTo(Arrays.asList(named.split(" ", -1)));
  }
}
