package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.rules.ScopeAlternatives;
import dev.gatehouse.internal.token.LogText;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * A part of the text of rules. In double quotes, no character has a special meaning, except that a
 * backslash precedes a quote or a backslash.
 */
final class RuleText {

  private final String text;

  /** The characters of the text that were in quotes. */
  private final BitSet quoted;

  private RuleText(String text, BitSet quoted) {
    this.text = text;
    this.quoted = quoted;
  }

  /**
   * Removes the quotes from a line, and the comment from its end.
   *
   * @throws IllegalArgumentException if a quote is not closed, or a semicolon is in the comment
   */
  static RuleText of(String line) {
    StringBuilder text = new StringBuilder(line.length());
    BitSet quoted = new BitSet();
    boolean inQuotes = false;
    int lastQuote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        inQuotes = !inQuotes;
        lastQuote = i;
        continue;
      }
      if (c == '#' && !inQuotes && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
        refuseRuleInComment(line, i);
        break;
      }
      if (c == '\\' && inQuotes) {
        i++;
        if (i == line.length() || "\"\\".indexOf(line.charAt(i)) < 0) {
          throw new IllegalArgumentException(
              "has a single backslash in quotes; write \\\\ for a backslash and \\\" for a quote");
        }
        c = line.charAt(i);
      }
      quoted.set(text.length(), inQuotes);
      text.append(c);
    }
    if (inQuotes) {
      throw new IllegalArgumentException(
          "has no closing \" for the one before "
              + LogText.list(List.of(line.substring(lastQuote + 1)))
              + "; write one");
    }
    return new RuleText(text.toString(), quoted);
  }

  /** It may be meant as a rule, without which more would be allowed. */
  private static void refuseRuleInComment(String line, int comment) {
    if (!line.substring(0, comment).isBlank() && line.indexOf(';', comment) >= 0) {
      throw new IllegalArgumentException(
          "has a ; in the comment after it; remove it, or write the comment on a line of its own");
    }
  }

  private boolean isSpecial(int index, char c) {
    return index < text.length() && text.charAt(index) == c && !quoted.get(index);
  }

  private boolean isBlank(int index) {
    return Character.isWhitespace(text.charAt(index)) && !quoted.get(index);
  }

  private RuleText part(int from, int to) {
    return new RuleText(text.substring(from, to), quoted.get(from, to));
  }

  RuleText strip() {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(from)) {
      from++;
    }
    while (to > from && isBlank(to - 1)) {
      to--;
    }
    return part(from, to);
  }

  /** The parts between the unquoted characters, at least one. */
  List<RuleText> split(char separator) {
    return split(index -> isSpecial(index, separator));
  }

  /** The words between unquoted white space, without empty ones. */
  List<RuleText> words() {
    return split(this::isBlank).stream().filter(word -> !word.isEmpty()).toList();
  }

  private List<RuleText> split(IntPredicate separates) {
    List<RuleText> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if (separates.test(i)) {
        parts.add(part(from, i));
        from = i + 1;
      }
    }
    parts.add(part(from, text.length()));
    return parts;
  }

  /** The index of the first unquoted character, or -1. */
  int indexOf(char c) {
    for (int i = 0; i < text.length(); i++) {
      if (isSpecial(i, c)) {
        return i;
      }
    }
    return -1;
  }

  /** The index of the colon that ends the name: the first one before white space or the end. */
  int endOfName() {
    for (int i = 0; i < text.length(); i++) {
      if (isSpecial(i, ':') && (i + 1 == text.length() || isBlank(i + 1))) {
        return i;
      }
    }
    return -1;
  }

  RuleText before(int index) {
    return part(0, index);
  }

  RuleText after(int index) {
    return part(index + 1, text.length());
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  int length() {
    return text.length();
  }

  boolean isQuoted() {
    return !quoted.isEmpty();
  }

  /** The text without its quotes. */
  @Override
  public String toString() {
    return text;
  }

  /** A name, in quotes if a character would have a special meaning otherwise. */
  static String quoteName(String name) {
    // A colon is special only before white space; in names of resources it is common.
    return isPlain(name, "\"*;,#|") && !name.endsWith(":") ? name : quote(name);
  }

  static String quoteScopes(ScopeAlternatives scopes) {
    return scopes.sets().stream().map(RuleText::quoteValues).collect(Collectors.joining(" | "));
  }

  static String quoteValues(List<String> values) {
    return values.stream()
        .map(value -> isPlain(value, "\"*;,#|=\\") && !value.endsWith(":") ? value : quote(value))
        .collect(Collectors.joining(" "));
  }

  private static boolean isPlain(String text, String special) {
    return text.chars().noneMatch(c -> Character.isWhitespace(c) || special.indexOf(c) >= 0);
  }

  static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
