package dev.gatehouse.internal.mcp;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of {@code mcp-rules}. For each name, the most specific rule applies: an exact one
 * before a pattern, and a longer pattern before a shorter one. This class is immutable and
 * thread-safe.
 */
public final class McpRules {

  /** No rules, so that {@code mcp-default} applies to everything. */
  public static final McpRules NONE = new McpRules(List.of());

  /**
   * The rules that apply to the use of something.
   *
   * @param rules all of them must allow it
   * @param complete whether {@code mcp-default} has nothing to say
   */
  record Applicable(List<Rule> rules, boolean complete) {
    static final Applicable NONE = new Applicable(List.of(), false);

    static Applicable of(Rule rule) {
      return new Applicable(List.of(rule), true);
    }
  }

  private final Map<RuleKind, RuleTable> tables = new EnumMap<>(RuleKind.class);
  private final Set<String> scopes;

  private McpRules(List<Rule> rules) {
    for (RuleKind kind : RuleKind.values()) {
      tables.put(kind, new RuleTable(rules.stream().filter(r -> r.kind() == kind).toList()));
    }
    scopes =
        rules.stream()
            .flatMap(rule -> rule.scopes().sets().stream())
            .flatMap(List::stream)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Parses the text of a setting.
   *
   * @param errors receives what is wrong with each invalid rule, and what to write instead
   */
  public static McpRules parse(String text, Consumer<String> errors) {
    RulesParser parsed = new RulesParser(text);
    parsed.errors().forEach(errors);
    return new McpRules(parsed.rules());
  }

  /**
   * Parses the content of a file.
   *
   * @throws IllegalArgumentException with all errors
   */
  public static McpRules parse(String text) {
    RulesParser parsed = new RulesParser(text);
    if (!parsed.errors().isEmpty()) {
      throw new IllegalArgumentException("is invalid: " + String.join("; ", parsed.errors()));
    }
    return new McpRules(parsed.rules());
  }

  /** All scopes that rules name. */
  public Set<String> scopes() {
    return scopes;
  }

  /** The rule for this name, if there is one. */
  Applicable find(RuleKind kind, String name) {
    return table(kind).find(name);
  }

  /**
   * All rules that apply to some URI of a template (RFC 6570): those for URIs with the same start,
   * and the one for the others.
   */
  Applicable findForTemplate(String template) {
    String start = literalStart(template);
    if (start.length() == template.length()) {
      return find(RuleKind.RESOURCE, template);
    }
    RuleTable table = table(RuleKind.RESOURCE);
    Applicable others = table.findPattern(start);
    return new Applicable(
        Stream.concat(table.within(start), others.rules().stream()).toList(), others.complete());
  }

  /** What no expansion changes: up to an expression or a character that would be encoded. */
  private static String literalStart(String template) {
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c <= ' ' || c >= 0x7f || "{}\"<>\\^`|".indexOf(c) >= 0) {
        return template.substring(0, i);
      }
    }
    return template;
  }

  private RuleTable table(RuleKind kind) {
    RuleTable table = tables.get(kind);
    if (table == null) {
      throw new IllegalStateException("each kind has a table");
    }
    return table;
  }
}
