package dev.gatehouse.authorizationserver.internal.login;

/** Text on its way into a page. */
final class Html {
  private Html() {}

  /**
   * Escapes for an element's text or a quoted attribute, and drops what can't be seen: control
   * characters, and those that turn the direction of writing and so make one name look like
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
