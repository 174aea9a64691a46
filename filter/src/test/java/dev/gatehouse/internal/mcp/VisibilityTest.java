package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.mcp.PolicyFixture.Caller;
import dev.gatehouse.internal.token.Reason;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists show what the caller may use. */
class VisibilityTest {

  private static final List<String> NAMES =
      List.of("", "a", "b", "ab", "abc", "a/1", "a/b/1", "a/b", "b/1", "c");
  private static final List<String> TEMPLATES =
      List.of("{x}", "a{x}", "a/{x}", "a/b/{x}", "b/{x}", "a/b", "a/{x}/1");
  private static final List<String> SCOPES = List.of("r", "s", "t");

  @ParameterizedTest(name = "{0} {1} with {2}")
  @CsvSource(
      textBlock =
          """
          TOOLS,     list_notes,           read,       true
          TOOLS,     list_notes,           '',         false
          TOOLS,     delete_note,          read,       false
          TOOLS,     delete_note,          write,      true
          PROMPTS,   delete_note,          '',         true
          RESOURCES, notes://1,            read,       true
          RESOURCES, notes://private/1,    read,       false
          RESOURCES, other://1,            '',         true
          TEMPLATES, notes://{id},         read,       false
          TEMPLATES, notes://{id},         read own,   true
          TEMPLATES, notes://private/{id}, own,        true
          TEMPLATES, notes://all/{id},     read,       true
          TEMPLATES, other://{id},         '',         true
          """)
  void anEntryIsVisibleToThoseWhoMayUseIt(
      ListMethod method, String name, String scopes, boolean visible) {
    PolicyFixture policy =
        PolicyFixture.of(
            """
            tool *: read
            tool delete_note: write
            resource notes://*: read
            resource notes://private/*: own
            """);

    assertThat(policy.visibility(Caller.with(scopes)).isVisible(method, name)).isEqualTo(visible);
  }

  @Test
  void theRuleOfTheMethodThatUsesAnEntryCounts() {
    PolicyFixture policy = PolicyFixture.of("method prompts/get: p; method tools/list: q");

    assertThat(policy.visibility(Caller.with("")).isVisible(ListMethod.PROMPTS, "a")).isFalse();
    assertThat(policy.visibility(Caller.with("p")).isVisible(ListMethod.PROMPTS, "a")).isTrue();
    assertThat(policy.visibility(Caller.with("")).isVisible(ListMethod.TOOLS, "a")).isTrue();
  }

  @Test
  void nothingIsVisibleWithoutTheScopesOfTheEndpoint() {
    PolicyFixture policy = PolicyFixture.of("tool a: ").requiring("use");

    assertThat(policy.visibility(Caller.with("")).isVisible(ListMethod.TOOLS, "a")).isFalse();
    assertThat(policy.visibility(Caller.with("use")).isVisible(ListMethod.TOOLS, "a")).isTrue();
  }

  @Test
  void whatNoRuleNamesIsHiddenIfItIsDenied() {
    PolicyFixture policy = PolicyFixture.of("tool a: ; resource n://*: ").denying();
    ListVisibility visibility = policy.visibility(Caller.with(""));

    assertThat(visibility.isVisible(ListMethod.TOOLS, "a")).isTrue();
    assertThat(visibility.isVisible(ListMethod.TOOLS, "b")).isFalse();
    assertThat(visibility.isVisible(ListMethod.TEMPLATES, "n://{id}")).isTrue();
    assertThat(visibility.isVisible(ListMethod.TEMPLATES, "{scheme}://{id}")).isFalse();
  }

  /** A user can log in again; a client for itself can't. */
  @Test
  void whatNeedsAnotherLoginIsVisibleToUsers() {
    PolicyFixture policy = PolicyFixture.of("tool a: max-age=5m; tool b: x, max-age=5m");
    Caller user = Caller.with("");

    assertThat(policy.visibility(user).isVisible(ListMethod.TOOLS, "a")).isTrue();
    assertThat(policy.visibility(user).isVisible(ListMethod.TOOLS, "b")).isFalse();
    assertThat(policy.visibility(user.withoutUser()).isVisible(ListMethod.TOOLS, "a")).isFalse();
  }

  /** For random rules: what is visible can be called, and what is hidden can't. */
  @Test
  void anEntryIsVisibleIfAndOnlyIfItsCallIsAllowed() {
    for (int seed = 0; seed < 1000; seed++) {
      Random random = new Random(seed);
      PolicyFixture policy = randomPolicy(random);
      Caller caller =
          Caller.with(
              SCOPES.stream()
                  .filter(scope -> random.nextBoolean())
                  .collect(Collectors.joining(" ")));
      caller = random.nextBoolean() ? caller.withoutUser() : caller.loggedIn("gold", -1L);
      ListVisibility visibility = policy.visibility(caller);

      for (String name : NAMES) {
        for (ListMethod method :
            List.of(ListMethod.TOOLS, ListMethod.PROMPTS, ListMethod.RESOURCES)) {
          assertThat(visibility.isVisible(method, name))
              .as("seed %d %s %s %s", seed, method, name, policy)
              .isEqualTo(isAllowed(policy, caller, method, name));
        }
      }
      for (String template : TEMPLATES) {
        if (visibility.isVisible(ListMethod.TEMPLATES, template)) {
          for (String name : expansions(template)) {
            assertThat(isAllowed(policy, caller, ListMethod.RESOURCES, name))
                .as("seed %d %s %s %s", seed, template, name, policy)
                .isTrue();
          }
        }
      }
    }
  }

  /** Names of the list that are an expansion of the template. */
  private static List<String> expansions(String template) {
    String[] literals = template.split("\\{x\\}", -1);
    return literals.length == 1
        ? List.of(template)
        : NAMES.stream().map(name -> literals[0] + name + literals[1]).toList();
  }

  private static boolean isAllowed(
      PolicyFixture policy, Caller caller, ListMethod method, String name) {
    String use =
        switch (method) {
          case TOOLS -> "tools/call";
          case PROMPTS -> "prompts/get";
          default -> "resources/read";
        };
    return policy
        .check(caller, PolicyFixture.request("1", use, name))
        .map(
            refusal ->
                // The login is no reason to hide from users.
                refusal.reason() == Reason.AUTHENTICATION
                    && !caller.token().claims().isOfClientItself())
        .orElse(true);
  }

  private static PolicyFixture randomPolicy(Random random) {
    String rules =
        random
            .ints(1 + random.nextInt(8), 0, Integer.MAX_VALUE)
            .mapToObj(ignored -> randomRule(random))
            .collect(Collectors.toMap(rule -> rule.split(": ", -1)[0], rule -> rule, (a, b) -> a))
            .values()
            .stream()
            .collect(Collectors.joining("\n"));
    PolicyFixture policy = PolicyFixture.of(rules);
    policy = random.nextInt(4) == 0 ? policy.requiring("r | s") : policy;
    return random.nextBoolean() ? policy.denying() : policy;
  }

  private static String randomRule(Random random) {
    String needs =
        pick(random, List.of("", "r", "s", "r s", "r | s t", "t, max-age=5m", "acr=gold", "acr=x"));
    if (random.nextInt(4) == 0) {
      return "method "
          + pick(random, List.of("tools/call", "prompts/*", "resources/read", "*"))
          + ": "
          + needs;
    }
    String name = pick(random, NAMES);
    boolean pattern = name.isEmpty() || random.nextBoolean();
    return pick(random, List.of("tool ", "prompt ", "resource "))
        + name
        + (pattern ? "*" : "")
        + ": "
        + needs;
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
