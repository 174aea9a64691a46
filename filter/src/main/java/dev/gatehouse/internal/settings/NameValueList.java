package dev.gatehouse.internal.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A list of names and values, {@code a=1, b=2}, separated by commas or line breaks. A backslash
 * precedes a comma or backslash within a value, and an equals sign within a name. Values may be
 * secret, so errors number the items instead of repeating them.
 */
public final class NameValueList {

  private static final String SEPARATORS = ",\n\r";
  private static final String ESCAPABLE = SEPARATORS + "=\\";

  private NameValueList() {}

  /** A name and its value. Prints neither. */
  record Pair(String name, String value) {
    @Override
    public String toString() {
      return "Pair";
    }
  }

  /**
   * Parses a list.
   *
   * @throws IllegalArgumentException with the error and nothing of the text
   */
  static List<Pair> parse(String text) {
    List<Pair> pairs = new ArrayList<>();
    for (String item : items(text)) {
      if (!item.isBlank()) {
        pairs.add(pair(item, pairs.size() + 1));
      }
    }
    if (pairs.isEmpty()) {
      throw new IllegalArgumentException("holds nothing; write name=value, or remove it");
    }
    return pairs;
  }

  /** The parts between separators, as written. */
  private static List<String> items(String text) {
    List<String> items = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        i++; // the next character separates nothing
      } else if (SEPARATORS.indexOf(text.charAt(i)) >= 0) {
        items.add(text.substring(from, i));
        from = i + 1;
      }
    }
    items.add(text.substring(from));
    return items;
  }

  private static Pair pair(String item, int number) {
    int equals = 0;
    while (equals < item.length() && item.charAt(equals) != '=') {
      equals += item.charAt(equals) == '\\' ? 2 : 1;
    }
    if (equals >= item.length()) {
      throw new IllegalArgumentException(
          "has no = in item " + number + "; write name=value, and \\, for a comma in a value");
    }
    String name = unescape(item.substring(0, equals), number).strip();
    String value = unescape(item.substring(equals + 1), number).strip();
    if (name.isEmpty() || value.isEmpty()) {
      throw new IllegalArgumentException(
          "has no " + (name.isEmpty() ? "name" : "value") + " in item " + number + "; write both");
    }
    return new Pair(name, value);
  }

  private static String unescape(String text, int number) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        if (i == text.length() || ESCAPABLE.indexOf(text.charAt(i)) < 0) {
          throw new IllegalArgumentException(
              "has a single backslash in item " + number + "; write \\\\ for a backslash");
        }
        c = text.charAt(i);
      }
      plain.append(c);
    }
    return plain.toString();
  }

  /** The text of a list, for {@link #parse}. */
  public static String format(Map<String, String> pairs) {
    return pairs.entrySet().stream()
        .map(pair -> escape(pair.getKey()) + "=" + escape(pair.getValue()))
        .collect(Collectors.joining(","));
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (ESCAPABLE.indexOf(c) >= 0) {
        escaped.append('\\');
      }
      escaped.append(c);
    }
    return escaped.toString();
  }
}
