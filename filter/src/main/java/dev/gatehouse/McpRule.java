package dev.gatehouse;

import dev.gatehouse.internal.mcp.Rule;
import dev.gatehouse.internal.mcp.RuleKind;
import java.time.Duration;

/**
 * A rule of {@code mcp-rules} in Java: what the use of a tool, prompt or resource, or a method,
 * needs.
 *
 * <pre>{@code
 * Settings.builder()
 *     .mcpRules(
 *         McpRule.tool("delete_note").scopes("notes:write").maxAge(Duration.ofMinutes(5)),
 *         McpRule.tool("*").scopes("notes:read"))
 * }</pre>
 *
 * <p>For each name, the most specific rule applies: an exact one before a pattern, and a longer
 * pattern before a shorter one. Instances are immutable.
 */
public final class McpRule {

  private final Rule rule;

  private McpRule(Rule rule) {
    this.rule = rule;
  }

  /**
   * Creates a rule for a tool, or for several.
   *
   * @param name the name of a tool; {@code notes_*} for all whose names start so, {@code *} for all
   * @return a rule that needs nothing
   * @throws IllegalArgumentException if the name is empty, or has an invisible character, or an
   *     asterisk before its end
   */
  public static McpRule tool(String name) {
    return new McpRule(Rule.of(RuleKind.TOOL, name, false));
  }

  /**
   * Creates a rule for a prompt, or for several.
   *
   * @param name the name of a prompt, or a pattern as for {@link #tool}
   * @return a rule that needs nothing
   * @throws IllegalArgumentException if the name is invalid
   */
  public static McpRule prompt(String name) {
    return new McpRule(Rule.of(RuleKind.PROMPT, name, false));
  }

  /**
   * Creates a rule for a resource, or for several.
   *
   * @param uri the URI of a resource, or a pattern such as {@code notes://private/*}
   * @return a rule that needs nothing
   * @throws IllegalArgumentException if the URI is invalid
   */
  public static McpRule resource(String uri) {
    return new McpRule(Rule.of(RuleKind.RESOURCE, uri, false));
  }

  /**
   * Creates a rule for a method of JSON-RPC, which applies in addition to rules of other kinds.
   *
   * @param name the name of a method of MCP, such as {@code prompts/list}, or a pattern
   * @return a rule that needs nothing
   * @throws IllegalArgumentException if MCP has no such method
   */
  public static McpRule method(String name) {
    return new McpRule(Rule.of(RuleKind.METHOD, name, false));
  }

  /**
   * Creates a rule for a method that MCP does not have.
   *
   * @param name the name of a method that your server adds, or a pattern
   * @return a rule that needs nothing
   * @throws IllegalArgumentException if the name is invalid
   */
  public static McpRule otherMethod(String name) {
    return new McpRule(Rule.of(RuleKind.METHOD, name, true));
  }

  /**
   * Returns this rule with other scopes.
   *
   * @param scopes {@code a b} for both, {@code a b | c} for either {@code a b} or {@code c}
   * @return the changed rule
   * @throws IllegalArgumentException if one is not a scope (RFC 6749 §3.3)
   */
  public McpRule scopes(String scopes) {
    return new McpRule(rule.withScopes(scopes));
  }

  /**
   * Returns this rule with the authentication context classes of which the login must have one (RFC
   * 9470).
   *
   * @param values values of {@code acr}, the preferred one first
   * @return the changed rule
   * @throws IllegalArgumentException if there is none, or one can't be in a challenge
   */
  public McpRule acr(String... values) {
    return new McpRule(rule.withAcrValues(values));
  }

  /**
   * Returns this rule with the longest time since the login (RFC 9470).
   *
   * @param maxAge whole seconds, from 1 s to 365 days
   * @return the changed rule
   * @throws IllegalArgumentException if the time is out of range
   */
  public McpRule maxAge(Duration maxAge) {
    return new McpRule(rule.withMaxAge(maxAge));
  }

  /** Returns the rule as written in {@code mcp-rules}. */
  @Override
  public String toString() {
    return rule.toString();
  }
}
