package dev.gatehouse.internal.servlet;

import java.util.List;

/** A URL pattern of a filter or a servlet (Servlet specification §12.2). */
record UrlPattern(String text) {

  private static final int EXACT = Integer.MAX_VALUE;

  boolean isWellKnown() {
    return text.startsWith("/.well-known/");
  }

  boolean isEverything() {
    return text.equals("/*");
  }

  private boolean isPrefix() {
    return text.endsWith("/*");
  }

  private boolean isExtension() {
    return text.startsWith("*.");
  }

  /** The default servlet's pattern; for a filter it is the one path {@code /}. */
  boolean isDefault() {
    return text.equals("/");
  }

  private String prefix() {
    return text.substring(0, text.length() - 2);
  }

  /** Paths that stand for all that a filter with this pattern is run for. */
  List<String> samples() {
    if (isPrefix()) {
      return List.of(prefix().isEmpty() ? "/" : prefix(), prefix() + "/gatehouse-sample");
    }
    return List.of(isExtension() ? "/gatehouse-sample" + text.substring(1) : text);
  }

  /**
   * How well this pattern, as a servlet's, matches a path.
   *
   * @return the greater, the better; negative if it does not match
   */
  int rank(String path) {
    if (isDefault()) {
      return 0;
    }
    if (isExtension()) {
      return path.endsWith(text.substring(1)) ? 1 : -1;
    }
    if (isPrefix()) {
      boolean matches = path.equals(prefix()) || path.startsWith(prefix() + "/");
      return matches ? 2 + prefix().length() : -1;
    }
    return path.equals(text.isEmpty() ? "/" : text) ? EXACT : -1;
  }

  /** Whether a filter with this pattern is run for a path. */
  boolean matches(String path) {
    return isDefault() ? path.equals("/") : rank(path) >= 0;
  }

  /** Whether a filter with this pattern is run for every path of a servlet with that one. */
  boolean covers(UrlPattern servlet) {
    if (isEverything()) {
      return true;
    }
    if (isPrefix()) {
      return !servlet.isExtension()
          && (servlet.text.equals(prefix()) || servlet.text.startsWith(prefix() + "/"));
    }
    // For a filter, "" and "/" are single paths, and containers differ on which.
    return text.equals(servlet.text) && !servlet.isDefault() && !text.isEmpty();
  }

  @Override
  public String toString() {
    return text;
  }
}
