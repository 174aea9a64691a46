package dev.gatehouse.authorizationserver.internal.login;

/** Escapes text for HTML pages. */
final class Html {
  private Html() {}

  /**
   * Escapes for an element's text or a quoted attribute, and removes invisible characters: control
   * characters and those that change the writing direction, which can make one name look like
   * another.
   */
  static String text(String text) {
    return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}]", "")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
