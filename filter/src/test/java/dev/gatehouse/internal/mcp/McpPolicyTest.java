package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.mcp.PolicyFixture.Caller;
import dev.gatehouse.internal.token.McpCall;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Refusal.Needed;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the calls of a body need, and what a refusal names. */
class McpPolicyTest {

  private static final String RULES =
      """
      tool delete_note: notes:write
      tool any_of: a b c | d e
      tool same: x
      tool *: notes:read
      resource notes://*: notes:read
      resource notes://private/*: notes:private
      method prompts/list: notes:read | admin
      method tools/call: tools
      method resources/subscribe: watch
      method notifications/progress: progress
      """;

  @ParameterizedTest(name = "{0} {1} with {2}")
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          tools/call            ; list_notes           ; notes:read tools              ;
          tools/call            ; delete_note          ; notes:write tools             ;
          tools/call            ; delete_note          ; notes:read tools              ; tools notes:write notes:read
          tools/call            ; delete_note          ; notes:write                   ; tools notes:write
          tools/call            ; Delete_note          ; notes:write tools             ; tools notes:read notes:write
          tools/call            ; list_notes           ; ''                            ; tools notes:read
          tools/call            ; any_of               ; tools d e                     ;
          tools/call            ; any_of               ; tools a b c                   ;
          tools/call            ; any_of               ; tools d                       ; tools d e
          tools/call            ; any_of               ; tools a b                     ; tools a b c
          resources/read        ; notes://1            ; notes:read                    ;
          resources/read        ; notes://private/1    ; notes:read                    ; notes:private notes:read
          resources/read        ; notes://private/1    ; notes:private                 ;
          resources/read        ; other://1            ; ''                            ;
          resources/subscribe   ; notes://1            ; notes:read                    ; watch notes:read
          resources/subscribe   ; notes://1            ; notes:read watch              ;
          resources/unsubscribe ; notes://1            ; ''                            ; notes:read
          completion/complete   ; notes://{folder}/{n} ; notes:read                    ; notes:private notes:read
          completion/complete   ; notes://x/{n}        ; notes:read                    ;
          prompts/get           ; delete_note          ; ''                            ;
          prompts/list          ;                      ; admin                         ;
          prompts/list          ;                      ; ''                            ; notes:read
          tools/list            ;                      ; ''                            ;
          """)
  void aCallNeedsTheScopesOfItsRulesAndTheRefusalNamesAll(
      String method, @Nullable String name, String granted, @Nullable String named) {
    var refusal = PolicyFixture.of(RULES).check(Caller.with(granted), call(method, name));

    if (named == null) {
      assertThat(refusal).isEmpty();
    } else {
      assertThat(refusal.orElseThrow().reason()).isEqualTo(Reason.SCOPE);
      assertThat(String.join(" ", refusal.orElseThrow().needed().scopes())).isEqualTo(named);
    }
  }

  private static McpMessage call(String method, @Nullable String name) {
    return PolicyFixture.request("1", method, name);
  }

  @Test
  void notificationsFollowTheRuleOfTheirMethodAndResponsesNone() {
    PolicyFixture policy = PolicyFixture.of(RULES).denying();
    Caller caller = Caller.with("notes:read");

    assertThat(policy.check(caller, PolicyFixture.notification("notifications/progress")))
        .isPresent();
    assertThat(policy.check(caller, PolicyFixture.notification("notifications/initialized")))
        .isEmpty();
    assertThat(policy.check(caller, PolicyFixture.response("1"))).isEmpty();
  }

  @Test
  void aBatchIsRefusedWithWhatAllItsMembersNeed() {
    Refusal refusal =
        PolicyFixture.of(RULES)
            .requiring("use")
            .check(
                Caller.with("use tools notes:read"),
                call("tools/call", "list_notes"),
                call("tools/call", "same"),
                call("resources/read", "notes://private/1"))
            .orElseThrow();

    assertThat(refusal.needed().scopes())
        .containsExactly("use", "tools", "notes:read", "x", "notes:private");
    assertThat(refusal.requestId()).isNull();
    assertThat(refusal.mcp().call()).isEqualTo(new McpCall("batch", null));
    assertThat(refusal.detail())
        .isEqualTo(
            "[tool same, resource notes://private/*]: the token has the scopes [use, tools,"
                + " notes:read], required are [use, tools, notes:read, x, notes:private]");
  }

  @Test
  void scopesThatTheEndpointNeedsAreNamedFirst() {
    PolicyFixture policy = PolicyFixture.of("tool a: x").requiring("use | admin");

    assertThat(policy.needed(Caller.with("admin"), call("tools/call", "a")).scopes())
        .containsExactly("admin", "x");
    assertThat(policy.needed(Caller.with("x"), call("tools/call", "a")).scopes())
        .containsExactly("use", "x");
    assertThat(policy.check(Caller.with("x"), call("tools/list", null))).isPresent();
  }

  /** A client that requests exactly the named scopes gets a token with all that it had. */
  @Test
  void scopesThatTheTokenHasAreNamedIfTheSettingsKnowThem() {
    PolicyFixture policy =
        PolicyFixture.of("tool a: x; tool b: y").knowing("known", "offline_access");
    Caller caller = Caller.with("unknown known y offline_access");

    assertThat(policy.needed(caller, call("tools/call", "a")).scopes())
        .containsExactly("x", "known", "y");
  }

  @Test
  void scopesThatOtherScopesImplyAreEnough() {
    PolicyFixture policy = PolicyFixture.of("tool a: notes:read; tool b: x");
    Caller caller = Caller.with("notes:write").implying("notes:write", "notes:read");

    assertThat(policy.check(caller, call("tools/call", "a"))).isEmpty();
    assertThat(policy.needed(caller, call("tools/call", "b")).scopes()).containsExactly("x");
  }

  @Test
  void theChallengeIsBounded() {
    String[] many = IntStream.range(0, 1000).mapToObj(i -> "scope-" + i).toArray(String[]::new);
    PolicyFixture policy = PolicyFixture.of("tool a: x").knowing(many);
    Caller caller = Caller.with(String.join(" ", many));

    assertThat(String.join(" ", policy.needed(caller, call("tools/call", "a")).scopes()))
        .startsWith("x scope-")
        .hasSizeBetween(3400, 3500);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      textBlock =
          """
          initialize                , ,            true
          ping                      , ,            true
          server/discover           , ,            true
          notifications/initialized , ,            true
          tools/list                , ,            true
          prompts/list              , ,            true
          resources/list            , ,            true
          resources/templates/list  , ,            true
          tools/call                , known,       true
          tools/call                , other,       false
          prompts/get               , known,       false
          prompts/get               , hello,       true
          resources/read            , notes://1,   false
          completion/complete       , hello,       true
          logging/setLevel          , ,            true
          subscriptions/listen      , ,            false
          tasks/list                , ,            false
          x/y                       , ,            false
          """)
  void whatNoRuleNamesIsRefusedIfTheDefaultSaysSo(
      String method, @Nullable String name, boolean allowed) {
    PolicyFixture policy =
        PolicyFixture.of(
            "tool known: ; prompt hello: ; method logging/setLevel: ; method resources/read: ");
    McpMessage message =
        method.equals("completion/complete")
            ? PolicyFixture.request("1", method, name, McpMessage.Target.PROMPT)
            : call(method, name);
    Caller caller = Caller.with("");

    assertThat(policy.check(caller, message)).isEmpty();
    var refusal = policy.denying().check(caller, message);
    assertThat(refusal.isEmpty()).isEqualTo(allowed);
    if (!allowed) {
      assertThat(refusal.orElseThrow().reason()).isEqualTo(Reason.MCP_DENIED);
      assertThat(refusal.orElseThrow().needed()).isEqualTo(Needed.NOTHING);
      assertThat(refusal.orElseThrow().detail())
          .startsWith("no rule names ")
          .contains(name == null ? "method " + method : name)
          .endsWith("and mcp-default is deny; add a rule if it is to be allowed");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tools/call", "prompts/get", "resources/read", "completion/complete"})
  void aCallOfNothingIsRefused(String method) {
    assertThat(PolicyFixture.of("tool a:").check(Caller.with(""), call(method, null)))
        .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo(Reason.MCP_DENIED));
  }

  @Test
  void aDeniedMemberOfABatchIsNotNamedInAChallenge() {
    Refusal refusal =
        PolicyFixture.of("tool a: x")
            .denying()
            .check(Caller.with(""), call("tools/call", "a"), call("tools/call", "b"))
            .orElseThrow();

    assertThat(refusal.reason()).isEqualTo(Reason.MCP_DENIED);
  }

  @Test
  void theRefusalOfAToolMayBeAToolsResult() {
    PolicyFixture policy = PolicyFixture.of("tool a: x; prompt a: x; tool b: max-age=1s");
    PolicyFixture asResult = policy.answeringAsToolResult();
    Caller caller = Caller.with("");
    McpMessage tool = call("tools/call", "a");

    assertThat(policy.check(caller, tool).orElseThrow().mcp().toolResult()).isFalse();
    Refusal refusal = asResult.check(caller, tool).orElseThrow();
    assertThat(refusal.mcp().toolResult()).isTrue();
    assertThat(refusal.requestId()).isEqualTo("1");
    assertThat(refusal.mcp().call()).isEqualTo(new McpCall("tools/call", "a"));
    assertThat(refusal.token()).isEqualTo(caller.token());
    assertThat(asResult.check(caller, call("tools/call", "b")).orElseThrow().mcp().toolResult())
        .isTrue();
    assertThat(asResult.check(caller, call("prompts/get", "a")).orElseThrow().mcp().toolResult())
        .isFalse();
    assertThat(asResult.check(caller, tool, tool).orElseThrow().mcp().toolResult()).isFalse();
    assertThat(asResult.denying().check(caller, call("tools/call", "c")).orElseThrow().mcp())
        .returns(false, Refusal.Mcp::toolResult);
  }
}
