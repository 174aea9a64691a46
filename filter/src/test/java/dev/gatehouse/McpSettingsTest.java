package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.mcp.McpBody;
import dev.gatehouse.internal.mcp.McpMessage;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.LogWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings about MCP messages, in all their forms. */
class McpSettingsTest {

  private static final String RULES = "tool a: x, max-age=5m; tool *: y | z; prompt p:";

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;

  private static SettingsBuilder minimal() {
    return Settings.builder()
        .resource("https://mcp.example/mcp")
        .issuer("https://as.example")
        .clientId("client")
        .clientSecret("the-client-secret");
  }

  /** The result for the call of a tool with a token that has these scopes. */
  private static Optional<Refusal> call(Settings settings, String tool, String... scopes) {
    var message =
        new McpMessage(
            McpMessage.Kind.REQUEST, "tools/call", "1", tool, McpMessage.Target.TOOL, null);
    Set<String> granted = Set.of(scopes);
    var terms =
        new TokenClaims.Terms("c", null, List.of(), granted, null, null, null, false, false);
    var token =
        new VerificationResult.Active(
            new TokenClaims("alice", terms, TokenClaims.NEVER, 0, Map.of()),
            new TrustedServer(
                "as", null, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE));
    return settings
        .mcpPolicy()
        .check(new McpBody(new byte[0], List.of(message), false), token, granted, 0);
  }

  private static Set<String> needed(Settings settings, String tool, String... scopes) {
    return call(settings, tool, scopes).orElseThrow().needed().scopes();
  }

  @Test
  void withoutRulesNothingIsReadAndEverythingIsAllowed() {
    Settings settings = minimal().build();

    assertThat(settings.mcp.hasRules()).isFalse();
    assertThat(settings.mcp.deniesByDefault()).isFalse();
    assertThat(settings.mcp.answersAsToolResult()).isFalse();
    assertThat(settings.mcp.filtersLists()).isTrue();
    assertThat(settings.mcp.maxBody()).isEqualTo(16 * 1024 * 1024);
    assertThat(settings.mcp.protocolVersions())
        .containsExactly("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28");
    assertThat(call(settings, "a")).isEmpty();
  }

  @Test
  void rulesAreSetInJavaInTheEnvironmentOrInAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("rules"), RULES.replace("; ", "\n"));
    for (SettingsBuilder builder :
        List.of(
            minimal()
                .mcpRules(
                    McpRule.tool("a").scopes("x").maxAge(Duration.ofMinutes(5)),
                    McpRule.tool("*").scopes("y | z"),
                    McpRule.prompt("p")),
            minimal().mcpRules(RULES),
            minimal().environment(Map.of("GATEHOUSE_MCP_RULES", RULES)),
            minimal().mcpRulesFile(file.toString()),
            minimal().environment(Map.of("GATEHOUSE_MCP_RULES_FILE", file.toString())))) {
      Settings settings = builder.mcpDefault("deny").build();

      assertThat(settings.mcp.hasRules()).isTrue();
      assertThat(needed(settings, "a")).containsExactly("x");
      assertThat(call(settings, "a", "x").orElseThrow().needed().maxAge())
          .isEqualTo(Duration.ofMinutes(5));
      assertThat(call(settings, "b", "z")).isEmpty();
    }
  }

  @Test
  void everyOtherSettingHasAMethodAndAName() {
    Settings settings =
        minimal()
            .mcpRules("tool *:")
            .mcpDefault("deny")
            .mcpOnMissing("tool-result")
            .mcpHide(false)
            .mcpMaxBody(2048)
            .mcpProtocolVersions("2025-11-25, 2025-06-18")
            .build();

    assertThat(settings.mcp.deniesByDefault()).isTrue();
    assertThat(settings.mcp.answersAsToolResult()).isTrue();
    assertThat(settings.mcp.filtersLists()).isFalse();
    assertThat(settings.mcp.maxBody()).isEqualTo(2048);
    assertThat(settings.mcp.protocolVersions()).containsExactly("2025-06-18", "2025-11-25");
  }

  @Test
  void theScopesOfOtherSettingsAreKnown() {
    Settings settings =
        minimal()
            .mcpRules("tool a: x")
            .requiredScopes("use | admin")
            .challengeScopes("first")
            .scopesSupported("supported")
            .scopeImplies("broad > narrow")
            .build();
    String[] granted = {"admin", "first", "supported", "broad", "narrow", "secret"};

    assertThat(needed(settings, "a", granted))
        .containsExactlyInAnyOrder("admin", "x", "first", "supported", "broad", "narrow");
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '^',
      quoteCharacter = '$',
      textBlock =
          """
          mcp-rules             ^ tol a: b    ^ mcp-rules: rule 1 [tol a: b] begins with no known kind
          mcp-rules             ^ # nothing   ^ mcp-rules: holds no rule; write one such as
          mcp-rules-file        ^ missing     ^ mcp-rules-file: missing can't be read
          mcp-default           ^ refuse      ^ mcp-default: 'refuse' is unknown; write allow or deny
          mcp-default           ^ deny        ^ mcp-default: 'deny' has no effect without rules; set mcp-rules
          mcp-on-missing        ^ result      ^ is unknown; write challenge or tool-result
          mcp-on-missing        ^ tool-result ^ 'tool-result' has no effect without rules; set mcp-rules
          mcp-hide              ^ no          ^ is not a boolean; write true or false
          mcp-max-body          ^ 1           ^ is out of range; write a size from 1KiB to 1024MiB
          mcp-protocol-versions ^ 2025-11-26  ^ '2025-11-26' is unknown; write some of 2024-11-05 2025-03-26
          mcp-protocol-versions ^ ,           ^ names nothing
          """)
  void anInvalidValueIsNamedWithItsCure(String name, String value, String message) {
    assertThatThrownBy(() -> minimal().set(name, value).build()).hasMessageContaining(message);
  }

  @Test
  void allErrorsInRulesAreInOneMessage() {
    assertThatThrownBy(() -> minimal().mcpRules("tol a: b\ntool c").mcpRulesFile("x").build())
        .hasMessageContainingAll(
            "mcp-rules: set together with mcp-rules-file; keep one of them",
            "mcp-rules: line 1 [tol a: b] begins",
            "mcp-rules: line 2 [tool c] has no colon");
  }

  @Test
  void anInvalidFileIsNamedWithItsErrors() throws Exception {
    Path file = Files.writeString(directory.resolve("rules"), "tol a: b\ntool c");

    assertThatThrownBy(() -> minimal().mcpRulesFile(file.toString()).build())
        .hasMessageContaining(
            "mcp-rules-file: %s is invalid: line 1 [tol a: b] begins".formatted(file))
        .hasMessageContaining("; line 2 [tool c] has no colon");
  }

  @Test
  void aChangedFileReplacesTheRulesAndAnInvalidOneDoesNot() throws Exception {
    Path file = Files.writeString(directory.resolve("rules"), "tool a: x");
    Settings settings = minimal().mcpRulesFile(file.toString()).build();
    assertThat(needed(settings, "a")).containsExactly("x");

    Files.writeString(file, "tool a: y");
    settings.mcp.rules().reload();
    assertThat(needed(settings, "a")).containsExactly("y");
    assertThat(log.messages("INFO")).contains("INFO mcp-rules-file has changed and is in use");

    log.announce("mcp-rules-file has changed and can't be used; the previous value stays in use");
    for (String bad : List.of("", "tool a", "# tool a: z")) {
      Files.writeString(file, bad);
      settings.mcp.rules().reload();
      assertThat(needed(settings, "a")).containsExactly("y");
    }
    assertThat(log.messages("WARN")).hasSize(3);
  }

  @Test
  void aRuleInJavaPrintsItsText() {
    assertThat(McpRule.tool("a b*").acr("gold", "silver").scopes("x y|z"))
        .hasToString("tool \"a b\"*: x y | z, acr=gold silver");
    assertThat(McpRule.resource("notes://1").maxAge(Duration.ofSeconds(90)))
        .hasToString("resource notes://1: max-age=90s");
    assertThat(McpRule.method("tasks/*")).hasToString("method tasks/*:");
    assertThat(McpRule.otherMethod("x/y")).hasToString("method \"x/y\":");
    assertThat(minimal().mcpRules(McpRule.otherMethod("x/y")).build()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\nb", "*a", "a*b", "a**", "a\u200b"})
  void aNameThatCannotBeMeantIsRefused(String name) {
    assertThatThrownBy(() -> McpRule.tool(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the rule for '");
  }

  @Test
  void aNeedThatNoChallengeCanNameIsRefused() {
    McpRule rule = McpRule.tool("a");

    assertThatThrownBy(() -> McpRule.method("tools/cal")).hasMessageContaining("no method of MCP");
    assertThatThrownBy(() -> rule.scopes("a |")).hasMessageContaining("remove the |");
    assertThatThrownBy(() -> rule.scopes("ü")).hasMessageContaining("is not a scope");
    assertThatThrownBy(() -> rule.scopes("offline_access")).hasMessageContaining("remove it");
    assertThatThrownBy(rule::acr).hasMessageContaining("without values");
    assertThatThrownBy(() -> rule.acr("a b")).hasMessageContaining("printable ASCII");
    assertThatThrownBy(() -> rule.maxAge(Duration.ZERO)).hasMessageContaining("out of range");
  }
}
