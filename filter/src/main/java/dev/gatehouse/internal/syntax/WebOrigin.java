package dev.gatehouse.internal.syntax;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Origins of web pages (RFC 6454 §6.2): {@code https://app.example}, or with another scheme those
 * of pages inside a program, such as {@code chrome-extension://abcdef} and {@code
 * tauri://localhost}.
 */
public final class WebOrigin {

  /** In a setting: any port of the local machine, as development servers choose it. */
  private static final String ANY_PORT = ":*";

  private static final Pattern ORIGIN =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[!-~&&[^/?#@\\\\*,\"<>]]+");

  private static final Pattern PORT = Pattern.compile(":[0-9]+$");

  private WebOrigin() {}

  /**
   * Reads an origin from a setting, which may end with {@code :*} on the local machine.
   *
   * @return the normalized origin
   * @throws IllegalArgumentException with the error and what to write instead
   */
  public static String configured(String text) {
    String origin = text.endsWith(ANY_PORT) ? without(ANY_PORT, text) : text;
    if (!isHttp(origin)) {
      return ofProgram(text);
    }
    URI uri = ServerUri.parse(origin, true);
    String normalized = ServerUri.origin(uri);
    if (!uri.getRawPath().isEmpty() || uri.getRawQuery() != null) {
      throw new IllegalArgumentException("'" + text + "' has a path or query; write " + normalized);
    }
    if (origin.equals(text)) {
      return normalized;
    }
    if (!ServerUri.isLoopback(uri) || ServerUri.port(uri) != -1) {
      throw new IllegalArgumentException(
          "'" + text + "' is not the local machine with any port; write http://localhost:*");
    }
    return normalized + ANY_PORT;
  }

  private static String ofProgram(String text) {
    if (!ORIGIN.matcher(text).matches()) {
      throw new IllegalArgumentException(
          ServerUri.shown(text)
              + " is not of the form https://host, http://localhost:* or chrome-extension://id");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  /**
   * Whether an {@code Origin} header names one of these.
   *
   * @param allowed normalized, by {@link #configured}
   */
  public static boolean isAmong(Set<String> allowed, String header) {
    if (!header.endsWith(ANY_PORT) && allowed.contains(header)) {
      return true; // the usual spelling
    }
    return normalized(header)
        .filter(
            origin ->
                allowed.contains(origin)
                    || allowed.contains(PORT.matcher(origin).replaceFirst("") + ANY_PORT))
        .isPresent();
  }

  /** Empty if the header is malformed, or the {@code null} of pages without an origin. */
  private static Optional<String> normalized(String header) {
    if (!ORIGIN.matcher(header).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          isHttp(header)
              ? ServerUri.origin(ServerUri.parse(header, true))
              : header.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isHttp(String text) {
    String scheme = text.substring(0, Math.max(0, text.indexOf("://"))).toLowerCase(Locale.ROOT);
    return scheme.equals("http") || scheme.equals("https");
  }

  private static String without(String end, String text) {
    return text.substring(0, text.length() - end.length());
  }
}
