package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.mcp.McpMessage.Kind;
import dev.gatehouse.internal.mcp.McpMessage.Target;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.rules.KnownScopes;
import dev.gatehouse.internal.rules.ScopeAlternatives;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.testing.ManualClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A policy, callers and messages in few words. */
record PolicyFixture(
    McpRules rules,
    ScopeAlternatives required,
    List<String> known,
    boolean denies,
    boolean asToolResult) {

  static PolicyFixture of(String rules) {
    return new PolicyFixture(
        McpRules.parse(rules), ScopeAlternatives.NONE, List.of(), false, false);
  }

  PolicyFixture requiring(String scopes) {
    List<Set<String>> sets =
        Arrays.stream(scopes.split("\\|", -1)).map(Scopes::parseNonEmpty).toList();
    return new PolicyFixture(rules, ScopeAlternatives.of(sets), known, denies, asToolResult);
  }

  PolicyFixture knowing(String... scopes) {
    return new PolicyFixture(rules, required, List.of(scopes), denies, asToolResult);
  }

  PolicyFixture denying() {
    return new PolicyFixture(rules, required, known, true, asToolResult);
  }

  PolicyFixture answeringAsToolResult() {
    return new PolicyFixture(rules, required, known, denies, true);
  }

  McpPolicy policy() {
    return new McpPolicy(
        new McpSettings(
            Reloadable.fixed(rules),
            true,
            denies,
            asToolResult,
            true,
            1024,
            McpSettings.KNOWN_VERSIONS),
        required,
        KnownScopes.of(Map.of(), List.of(known)),
        Duration.ofSeconds(30));
  }

  Optional<Refusal> check(Caller caller, McpMessage... messages) {
    McpBody body = new McpBody(new byte[0], List.of(messages), messages.length > 1);
    return policy().check(body, caller.token(), caller.effective(), Caller.NOW);
  }

  Refusal.Needed needed(Caller caller, McpMessage... messages) {
    return check(caller, messages).orElseThrow().needed();
  }

  ListVisibility visibility(Caller caller) {
    return policy().visibility(caller.token(), caller.effective(), Caller.NOW);
  }

  static McpMessage request(String id, String method, @Nullable String name) {
    Target target =
        switch (method) {
          case "tools/call" -> Target.TOOL;
          case "prompts/get" -> Target.PROMPT;
          default -> Target.RESOURCE;
        };
    return request(id, method, name, target);
  }

  static McpMessage request(String id, String method, @Nullable String name, Target target) {
    return new McpMessage(Kind.REQUEST, method, id, name, name == null ? null : target, null);
  }

  static McpMessage notification(String method) {
    return new McpMessage(Kind.NOTIFICATION, method, null, null, null, null);
  }

  static McpMessage response(String id) {
    return new McpMessage(Kind.RESPONSE, null, id, null, null, null);
  }

  /** The caller of a request, by its token. */
  record Caller(
      String subject, Set<String> granted, Set<String> effective, Map<String, Object> claims) {

    static final long NOW = ManualClock.NOW.toEpochMilli();
    static final long NOW_SECONDS = ManualClock.NOW.getEpochSecond();

    private static final TrustedServer SERVER =
        new TrustedServer(
            "as", null, null, new AudienceAlternative.Refused(), false, TrustLimits.NONE);

    static Caller with(String scopes) {
      Set<String> granted = Scopes.parse(scopes);
      return new Caller("alice", granted, granted, Map.of());
    }

    Caller implying(String broad, String narrow) {
      Set<String> all = new LinkedHashSet<>(granted);
      if (granted.contains(broad)) {
        all.add(narrow);
      }
      return new Caller(subject, granted, all, claims);
    }

    /** A client that acts for itself. */
    Caller withoutUser() {
      return new Caller("client", granted, effective, claims);
    }

    Caller claiming(Map<String, Object> other) {
      return new Caller(subject, granted, effective, other);
    }

    /**
     * With the claims of a login.
     *
     * @param acr null for none
     * @param secondsFromNow null for no time
     */
    Caller loggedIn(@Nullable String acr, @Nullable Long secondsFromNow) {
      Map<String, Object> login = new HashMap<>();
      if (acr != null) {
        login.put("acr", acr);
      }
      if (secondsFromNow != null) {
        login.put("auth_time", NOW_SECONDS + secondsFromNow);
      }
      return claiming(login);
    }

    VerificationResult.Active token() {
      var terms =
          new TokenClaims.Terms(
              "client", null, List.of(), granted, "Bearer", null, null, false, false);
      return new VerificationResult.Active(
          new TokenClaims(subject, terms, TokenClaims.NEVER, 0, claims), SERVER);
    }
  }
}
