package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.rules.RequiredAuthentication;
import dev.gatehouse.internal.rules.ScopeAlternatives;
import dev.gatehouse.internal.syntax.Durations;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.token.LogText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses rules: on lines of their own or separated by semicolons, {@code KIND NAME: SCOPES, acr=…,
 * max-age=…}. Lines that begin with a number sign are comments. This class is not thread-safe.
 */
final class RulesParser {

  private static final Duration MAX_AGE_MIN = Duration.ofSeconds(1);
  private static final Duration MAX_AGE_MAX = Duration.ofDays(365);

  private static final String EMPTY =
      "has an empty place between its separators; remove one , or |";

  private final List<Rule> rules = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();

  /** The titles of all rules. */
  private final Set<String> titles = new HashSet<>();

  /** Parses all rules, and collects the errors in those that are invalid. */
  RulesParser(String text) {
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.startsWith("#")) {
        parseLine(line, lines.size() > 1 ? "line " + (i + 1) : null);
      }
    }
    if (rules.isEmpty() && errors.isEmpty()) {
      errors.add("holds no rule; write one such as tool delete_note: notes:write");
    }
  }

  List<Rule> rules() {
    return rules;
  }

  /** What is wrong with each invalid rule, and what to write instead. */
  List<String> errors() {
    return errors;
  }

  /**
   * Parses the rules of one line.
   *
   * @param position the number of the line; null if it is the only one
   */
  private void parseLine(String line, @Nullable String position) {
    List<RuleText> parts;
    try {
      parts = RuleText.of(line).split(';');
    } catch (IllegalArgumentException e) {
      addError(position == null ? "the text" : position, line, e);
      return;
    }
    for (int i = 0; i < parts.size(); i++) {
      RuleText part = parts.get(i).strip();
      if (!part.isEmpty()) {
        try {
          add(parse(part));
        } catch (IllegalArgumentException e) {
          addError(position == null ? "rule " + (i + 1) : position, part.toString(), e);
        }
      }
    }
  }

  private void addError(String position, String text, IllegalArgumentException error) {
    errors.add(position + " " + LogText.list(List.of(text)) + " " + error.getMessage());
  }

  private void add(Rule rule) {
    if (!titles.add(rule.title())) {
      throw new IllegalArgumentException(
          "is the second rule for " + rule.title() + "; write one with all that it needs");
    }
    rules.add(rule);
  }

  private static Rule parse(RuleText text) {
    int colon = text.endOfName();
    if (colon < 0) {
      throw new IllegalArgumentException(
          "has no colon before white space or at its end; write it after the name, as in tool"
              + " delete_note: notes:write");
    }
    List<RuleText> head = text.before(colon).words();
    RuleKind kind =
        RuleKind.of(head.isEmpty() ? "" : head.get(0).toString())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "begins with no known kind; write tool, prompt, resource or method"));
    if (head.size() != 2) {
      throw new IllegalArgumentException(
          head.size() < 2
              ? "has no name; write " + kind.word() + " NAME: SCOPES, or * for all names"
              : "has white space in its name; write the name in double quotes");
    }
    RuleText name = head.get(1);
    int asterisk = name.indexOf('*');
    boolean pattern = asterisk >= 0;
    if (pattern && asterisk != name.length() - 1) {
      throw new IllegalArgumentException(
          "has a * before the end of its name; write it at the end, or in double quotes if it"
              + " belongs to the name");
    }
    String plain = (pattern ? name.before(asterisk) : name).toString();
    checkName(kind, plain, pattern, name.isQuoted());
    return withNeeds(kind, plain, pattern, text.after(colon).strip());
  }

  /**
   * Checks a name.
   *
   * @param isQuoted whether any method is meant as it is written
   * @throws IllegalArgumentException if it is invalid
   */
  static void checkName(RuleKind kind, String name, boolean pattern, boolean isQuoted) {
    if (name.isEmpty() && !pattern) {
      throw new IllegalArgumentException("has an empty name; write a name, or * for all");
    }
    if (hasInvisible(name)) {
      throw new IllegalArgumentException(
          "has an invisible character in its name; write only visible ones");
    }
    if (kind == RuleKind.METHOD && !isQuoted && !McpMethods.isKnown(name, pattern)) {
      throw new IllegalArgumentException(
          "names no method of MCP; correct it, or write it in double quotes if your server has it");
    }
  }

  /** Whether a character of the name can't be seen, so that it may be there by mistake. */
  static boolean hasInvisible(String name) {
    return name.codePoints()
        .map(Character::getType)
        .anyMatch(
            type ->
                type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE);
  }

  private static Rule withNeeds(RuleKind kind, String name, boolean pattern, RuleText needs) {
    ScopeAlternatives scopes = ScopeAlternatives.NONE;
    List<String> acrValues = List.of();
    Duration maxAge = null;
    Set<String> seen = new HashSet<>();
    for (RuleText item : needs.isEmpty() ? List.<RuleText>of() : needs.split(',')) {
      RuleText part = item.strip();
      if (part.isEmpty()) {
        throw new IllegalArgumentException(EMPTY);
      }
      int equals = part.indexOf('=');
      String option = equals < 0 ? "" : part.before(equals).strip().toString();
      if (!seen.add(option)) {
        throw new IllegalArgumentException(
            equals < 0
                ? "has scopes in two places; separate scopes by spaces, and alternatives by |"
                : "has " + option + " twice; write it once");
      }
      if (equals < 0) {
        scopes = scopes(part);
      } else if (option.equals("acr")) {
        acrValues = acrValues(part.after(equals).toString());
      } else if (option.equals("max-age")) {
        maxAge = maxAge(part.after(equals).strip().toString());
      } else {
        throw new IllegalArgumentException(
            "has the unknown option '"
                + LogText.word(option)
                + "'; write acr= or max-age=, after a comma, and a scope that contains = in double"
                + " quotes");
      }
    }
    return new Rule(kind, name, pattern, scopes, new RequiredAuthentication(acrValues, maxAge));
  }

  private static ScopeAlternatives scopes(RuleText text) {
    int colon = text.endOfName();
    if (colon >= 0) {
      throw new IllegalArgumentException(
          "has another colon after '"
              + LogText.line(text.before(colon).toString())
              + "'; separate rules by line breaks or semicolons, and write a scope that ends in a"
              + " colon in double quotes");
    }
    List<List<String>> sets = new ArrayList<>();
    for (RuleText side : text.split('|')) {
      List<String> set = side.words().stream().map(RuleText::toString).distinct().toList();
      if (set.isEmpty()) {
        throw new IllegalArgumentException(EMPTY);
      }
      sets.add(set);
    }
    return checked(new ScopeAlternatives(sets));
  }

  /** Returns scopes that are allowed in rules. */
  static ScopeAlternatives checked(ScopeAlternatives scopes) {
    for (List<String> set : scopes.sets()) {
      for (String scope : set) {
        if (!Scopes.isScopeToken(scope)) {
          throw new IllegalArgumentException(
              "has '"
                  + LogText.line(scope)
                  + "', which is not a scope; RFC 6749 §3.3 allows printable ASCII without \" and"
                  + " \\");
        }
        if (scope.equals("offline_access")) { // MCP: not in a challenge
          throw new IllegalArgumentException(
              "needs offline_access, which is for clients to request; remove it");
        }
      }
    }
    return scopes;
  }

  private static List<String> acrValues(String text) {
    return checkedAcrValues(
        Arrays.stream(text.split("\\s+", -1)).filter(value -> !value.isEmpty()).toList());
  }

  /** Returns values that a challenge can contain (RFC 9470 §3). */
  static List<String> checkedAcrValues(List<String> values) {
    if (values.isEmpty() || !values.stream().allMatch(Scopes::isScopeToken)) {
      throw new IllegalArgumentException(
          "has an acr= without values, or with one that is not printable ASCII without \" and \\;"
              + " write one or more, separated by spaces");
    }
    return values;
  }

  private static Duration maxAge(String text) {
    try {
      return checkedMaxAge(Durations.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("has a wrong max-age: " + e.getMessage(), e);
    }
  }

  /** Returns a time that a challenge can contain. */
  static Duration checkedMaxAge(Duration maxAge) {
    if (maxAge.compareTo(MAX_AGE_MIN) < 0
        || maxAge.compareTo(MAX_AGE_MAX) > 0
        || !maxAge.equals(Duration.ofSeconds(maxAge.toSeconds()))) {
      throw new IllegalArgumentException(
          "'" + maxAge + "' is out of range; write whole seconds from 1s to 8760h, such as 5m");
    }
    return maxAge;
  }
}
