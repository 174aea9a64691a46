package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.rules.RequiredAuthentication;
import dev.gatehouse.internal.rules.ScopeAlternatives;
import dev.gatehouse.internal.syntax.Durations;
import dev.gatehouse.internal.syntax.Scopes;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * One rule of {@code mcp-rules}: what the use of a tool, prompt or resource, or a method, needs.
 *
 * @param name the name; of a pattern, what precedes the asterisk
 * @param pattern whether the rule is for all names that start so
 */
public record Rule(
    RuleKind kind,
    String name,
    boolean pattern,
    ScopeAlternatives scopes,
    RequiredAuthentication authentication) {

  private static final String ACR = ", acr=";
  private static final String MAX_AGE = ", max-age=";

  /**
   * Creates a rule that needs nothing.
   *
   * @param name the name, or a pattern with an asterisk at its end
   * @param anyMethod whether a method need not be one of MCP
   * @throws IllegalArgumentException if the name is invalid
   */
  public static Rule of(RuleKind kind, String name, boolean anyMethod) {
    boolean pattern = name.endsWith("*");
    String plain = pattern ? name.substring(0, name.length() - 1) : name;
    if (plain.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "the rule for '" + name + "' has a * before its end; a pattern has one at the end");
    }
    try {
      RulesParser.checkName(kind, plain, pattern, anyMethod);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the rule for '" + name + "' " + e.getMessage(), e);
    }
    return new Rule(kind, plain, pattern, ScopeAlternatives.NONE, RequiredAuthentication.NONE);
  }

  /** With these scopes: {@code a b | c}. */
  public Rule withScopes(String text) {
    List<Set<String>> sets =
        Arrays.stream(text.split("\\|", -1)).map(Scopes::parseNonEmpty).toList();
    ScopeAlternatives changed = RulesParser.checked(ScopeAlternatives.of(sets));
    return new Rule(kind, name, pattern, changed, authentication);
  }

  /** With these authentication context classes, the preferred one first. */
  public Rule withAcrValues(String... values) {
    List<String> changed = RulesParser.checkedAcrValues(List.of(values));
    return with(new RequiredAuthentication(changed, authentication.maxAge()));
  }

  /** With this longest time since the login. */
  public Rule withMaxAge(Duration maxAge) {
    Duration changed = RulesParser.checkedMaxAge(maxAge);
    return with(new RequiredAuthentication(authentication.acrValues(), changed));
  }

  private Rule with(RequiredAuthentication changed) {
    return new Rule(kind, name, pattern, scopes, changed);
  }

  /** The kind and the name as text: {@code tool delete_*}. */
  String title() {
    boolean foreign = kind == RuleKind.METHOD && !McpMethods.isKnown(name, pattern);
    return kind.word()
        + " "
        + (foreign ? RuleText.quote(name) : RuleText.quoteName(name))
        + (pattern ? "*" : "");
  }

  /** The text that is parsed to this rule. */
  @Override
  public String toString() {
    StringBuilder needs = new StringBuilder();
    if (!scopes.sets().isEmpty()) {
      needs.append(", ").append(RuleText.quoteScopes(scopes));
    }
    if (!authentication.acrValues().isEmpty()) {
      needs.append(ACR).append(RuleText.quoteValues(authentication.acrValues()));
    }
    Duration maxAge = authentication.maxAge();
    if (maxAge != null) {
      needs.append(MAX_AGE).append(Durations.format(maxAge));
    }
    return title() + ":" + (needs.isEmpty() ? "" : needs.substring(1));
  }
}
