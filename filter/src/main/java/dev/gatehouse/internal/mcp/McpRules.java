package dev.gatehouse.internal.mcp;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The rules of {@code mcp-rules}. For each name, the most specific rule applies: an exact one before
 * a pattern, and a longer pattern before a shorter one. This class is immutable and thread-safe.
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
  }

  /** The rules of one kind. */
  private static final class Table {
    final Map<String, Applicable> exact = new HashMap<>();

    /** Longest first. */
    final List<Applicable> patterns = new ArrayList<>();
  }

  private final Map<RuleKind, Table> tables = new EnumMap<>(RuleKind.class);
  private final Set<String> scopes;

  private McpRules(List<Rule> rules) {
    for (RuleKind kind : RuleKind.values()) {
      tables.put(kind, new Table());
    }
    rules.stream()
        .sorted(Comparator.comparingInt((Rule rule) -> rule.name().length()).reversed())
        .forEach(this::add);
    scopes =
        rules.stream()
            .flatMap(rule -> rule.scopes().sets().stream())
            .flatMap(List::stream)
            .collect(Collectors.toUnmodifiableSet());
  }

  private void add(Rule rule) {
    Table table = table(rule.kind());
    Applicable applicable = new Applicable(List.of(rule), true); // reused by all requests
    if (rule.pattern()) {
      table.patterns.add(applicable);
    } else {
      table.exact.put(rule.name(), applicable);
    }
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
    Table table = table(kind);
    Applicable exact = table.exact.get(name);
    return exact != null ? exact : firstPattern(table, name);
  }

  private static Applicable firstPattern(Table table, String name) {
    for (int i = 0; i < table.patterns.size(); i++) {
      Applicable pattern = table.patterns.get(i);
      if (name.startsWith(pattern.rules().get(0).name())) {
        return pattern;
      }
    }
    return Applicable.NONE;
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
    Table table = table(RuleKind.RESOURCE);
    List<Rule> rules = new ArrayList<>();
    table.exact.values().stream()
        .map(each -> each.rules().get(0))
        .filter(rule -> rule.name().startsWith(start))
        .forEach(rules::add);
    for (Applicable each : table.patterns) {
      Rule rule = each.rules().get(0);
      if (rule.name().length() > start.length() && rule.name().startsWith(start)) {
        rules.add(rule);
      }
    }
    Applicable others = firstPattern(table, start);
    rules.addAll(others.rules());
    return new Applicable(rules, others.complete());
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

  private Table table(RuleKind kind) {
    Table table = tables.get(kind);
    if (table == null) {
      throw new IllegalStateException("each kind has a table");
    }
    return table;
  }
}
