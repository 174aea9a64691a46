package dev.gatehouse.internal.servlet;

import java.util.List;

/** A URL pattern of a filter or a servlet (Servlet specification §12.2). */
record UrlPattern(String text) {

  private static final int EXACT = Integer.MAX_VALUE;

  boolean isWellKnown() {
    return text.startsWith("/.well-known/");
  }

  boolean matchesEverything() {
    return text.equals("/*");
  }

  private boolean isPrefix() {
    return text.endsWith("/*");
  }

  boolean isExtension() {
    return text.startsWith("*.");
  }

  /** The default servlet's pattern; for a filter it is the one path {@code /}. */
  boolean isDefault() {
    return text.equals("/");
  }

  /** Whether a servlet with this pattern serves one path. */
  boolean isExact() {
    return !isPrefix() && !isExtension() && !isDefault();
  }

  /** The path of an exact pattern; the pattern itself of others. */
  String path() {
    return text.isEmpty() ? "/" : text;
  }

  /** The pattern of an exact path and all paths below it; of a prefix, the pattern itself. */
  UrlPattern below() {
    if (isPrefix()) {
      return this;
    }
    return new UrlPattern(path().endsWith("/") ? path() + "*" : path() + "/*");
  }

  /** Whether a servlet with that mapping serves a path below this exact one. */
  boolean isAbovePathOf(UrlPattern servlet) {
    return servlet.isExact()
        ? below().matches(servlet.path()) && !matches(servlet.path())
        : below().overlaps(servlet);
  }

  /** The beginning of a path that a servlet with this mapping does not get as path info. */
  private String base() {
    return isPrefix() ? prefix() : "";
  }

  /** Whether all of these paths are below a servlet's mapping. */
  boolean isWithin(UrlPattern servlet) {
    String start = isPrefix() ? prefix() : path();
    return (start + "/").startsWith(servlet.base() + "/");
  }

  /** Whether a servlet with both mappings gets a longer part of the path as servlet path here. */
  boolean isDeeperThan(UrlPattern mapping) {
    return base().length() > mapping.base().length();
  }

  /**
   * The paths that one mapping of a servlet gives the same path info as another mapping gives
   * these: with {@code /app/*} besides {@code /}, {@code /app/mcp} is {@code /mcp}.
   */
  UrlPattern moved(UrlPattern from, UrlPattern to) {
    String info = isWithin(from) ? path().substring(from.base().length()) : "";
    return new UrlPattern(to.base() + (info.isEmpty() ? "/*" : info));
  }

  private String prefix() {
    return text.substring(0, text.length() - 2);
  }

  /** Sample paths that represent all paths for which a filter with this pattern runs. */
  List<String> samples() {
    if (isPrefix()) {
      return List.of(prefix().isEmpty() ? "/" : prefix(), prefix() + "/gatehouse-sample");
    }
    return List.of(isExtension() ? "/gatehouse-sample" + text.substring(1) : text);
  }

  /**
   * Ranks how specifically this pattern, as a servlet mapping, matches a path.
   *
   * @return a higher number for a better match; negative if it does not match
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

  /** Whether a filter with this pattern runs for a path. */
  boolean matches(String path) {
    return isDefault() ? path.equals("/") : rank(path) >= 0;
  }

  /** Whether a filter with this pattern runs for every path of a servlet with that mapping. */
  boolean covers(UrlPattern servlet) {
    if (matchesEverything()) {
      return true;
    }
    if (isPrefix()) {
      return !servlet.isExtension()
          && (servlet.text.equals(prefix()) || servlet.text.startsWith(prefix() + "/"));
    }
    // As a filter's patterns, "" and "/" match one path each; containers differ on which one.
    return text.equals(servlet.text) && !servlet.isDefault() && !text.isEmpty();
  }

  /** Whether a filter with this pattern runs for a path of a servlet with that mapping. */
  boolean overlaps(UrlPattern servlet) {
    if (servlet.isExact()) {
      return matches(servlet.path());
    }
    if (isPrefix() && servlet.isPrefix()) {
      return (prefix() + "/").startsWith(servlet.prefix() + "/")
          || (servlet.prefix() + "/").startsWith(prefix() + "/");
    }
    if (isExtension() && servlet.isExtension()) {
      return text.equals(servlet.text);
    }
    if (isExtension() || isPrefix()) {
      return true; // a path such as /prefix/a.extension, or any path of the default servlet
    }
    return servlet.rank(path()) >= 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
