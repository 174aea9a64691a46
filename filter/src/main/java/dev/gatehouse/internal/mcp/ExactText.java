package dev.gatehouse.internal.mcp;

import java.util.List;

/** Refuses text that parsers, or the programs behind them, may interpret differently. */
final class ExactText {

  private ExactText() {}

  /** Refuses a key that is not one of these names, but that a lenient parser takes for one. */
  static void checkKey(String key, List<String> names) throws UnreadableMessageException {
    check(key, "a key");
    for (int i = 0; i < names.size(); i++) {
      // Also folds characters such as U+017F (long s) and U+212A (Kelvin sign).
      if (names.get(i).equalsIgnoreCase(key)) {
        throw new UnreadableMessageException(
            "a key differs only in case from '" + names.get(i) + "'");
      }
    }
  }

  /** Refuses NUL, which ends a string in C, and half surrogate pairs, which UTF-8 does not have. */
  static String check(String text, String what) throws UnreadableMessageException {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw new UnreadableMessageException(what + " contains NUL");
      }
      if (Character.isSurrogate(c)) {
        if (i + 1 == text.length() || !Character.isSurrogatePair(c, text.charAt(i + 1))) {
          throw new UnreadableMessageException(what + " contains half a surrogate pair");
        }
        i++;
      }
    }
    return text;
  }
}
