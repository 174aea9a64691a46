package dev.gatehouse.internal.token;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Makes a text from outside (a claim, a response, a request) safe to log. Control and formatting
 * characters, line separators and invisible or undefined characters could forge a line, reorder its
 * display or break a parser; a long text could fill the disk. The result has a bounded length, and
 * ends with an ellipsis if it was cut.
 */
public final class LogText {

  /** The maximum length of {@link #line}, in characters. */
  public static final int MAX_LINE = 1000;

  /** The maximum length of {@link #word}, in characters. */
  public static final int MAX_WORD = 128;

  /** How many members {@link #list} shows. */
  private static final int MAX_MEMBERS = 10;

  private static final int MAX_MEMBER = 250;

  private static final char CUT = '…';

  private LogText() {}

  /** A part of a line for people: unsafe characters are written like {@code \u202e}. */
  public static String line(String text) {
    return sanitize(text, MAX_LINE, LogText::appendEscaped);
  }

  /** The value of a key in a line for machines: unsafe characters, blanks and quotes become ?. */
  public static String word(String text) {
    return sanitize(text, MAX_WORD, LogText::appendInWord);
  }

  /** Some members of a list: {@code [a, b, and 29998 more]}. */
  public static String list(Collection<String> members) {
    String shown =
        members.stream()
            .limit(MAX_MEMBERS)
            .map(member -> sanitize(member, MAX_MEMBER, LogText::appendEscaped))
            .collect(Collectors.joining(", "));
    int more = members.size() - MAX_MEMBERS;
    return "[" + shown + (more > 0 ? ", and " + more + " more]" : "]");
  }

  private interface Appender {
    void append(StringBuilder safe, int codePoint);
  }

  private static String sanitize(String text, int max, Appender appender) {
    StringBuilder safe = new StringBuilder(Math.min(text.length(), max));
    int kept = 0;
    for (int i = 0; i < text.length() && safe.length() <= max; ) {
      kept = safe.length() < max ? safe.length() : kept;
      int codePoint = text.codePointAt(i);
      appender.append(safe, codePoint);
      i += Character.charCount(codePoint);
    }
    if (safe.length() > max) {
      safe.setLength(kept); // a whole number of characters and escapes
      safe.append(CUT);
    }
    return safe.toString();
  }

  private static void appendEscaped(StringBuilder safe, int codePoint) {
    if (isUnsafe(codePoint)) {
      for (char c : Character.toChars(codePoint)) {
        safe.append("\\u%04x".formatted((int) c));
      }
    } else {
      safe.appendCodePoint(codePoint);
    }
  }

  private static void appendInWord(StringBuilder safe, int codePoint) {
    boolean unsafe =
        isUnsafe(codePoint)
            || Character.isSpaceChar(codePoint)
            || codePoint == '"'
            || codePoint == '\''
            || codePoint == '\\';
    safe.appendCodePoint(unsafe ? '?' : codePoint);
  }

  private static boolean isUnsafe(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }
}
