package dev.gatehouse.authorizationserver.store;

/** Recognizes passwords and secrets that a hash function may read as different ones. */
final class SecretText {
  private SecretText() {}

  /**
   * Whether no other text has the same hash by design. bcrypt repeats a password with a NUL
   * between, and UTF-8 has no encoding for half of a surrogate pair, which becomes a question mark.
   */
  static boolean isUnambiguous(String text) {
    return text.codePoints()
        .noneMatch(
            point ->
                Character.isISOControl(point)
                    || (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE));
  }
}
