package dev.gatehouse.authorizationserver.internal.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares resource identifiers (RFC 8707 §2), as Gatehouse's filter compares {@code aud}. */
public final class ResourceIdentifiers {
  /** Names of services in container networks have an underscore, which {@link URI} refuses. */
  private static final Pattern NAME_AND_PORT =
      Pattern.compile("([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?::([0-9]{0,9}))?");

  private static final int NO_PORT = -1;

  private ResourceIdentifiers() {}

  /** Whether a resource is among others, in any spelling. */
  public static boolean contains(Collection<String> among, String resource) {
    if (among.contains(resource)) {
      return true; // almost always, without computing the canonical form
    }
    String canonical = canonical(resource);
    return among.stream().map(ResourceIdentifiers::canonical).anyMatch(canonical::equals);
  }

  /**
   * Normalizes a resource identifier for comparison: scheme and host in lower case, without the
   * default port of the scheme and without one trailing slash. All other parts are unchanged. A
   * text that is not a URI with scheme and host is returned as it is.
   */
  public static String canonical(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return text;
    }
    String host = host(uri);
    if (uri.getScheme() == null || host == null) {
      return text;
    }
    String path = uri.getRawPath();
    return uri.getScheme().toLowerCase(Locale.ROOT)
        + "://"
        + (uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@")
        + host.toLowerCase(Locale.ROOT)
        + port(uri)
        + (path.endsWith("/") ? path.substring(0, path.length() - 1) : path)
        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery())
        + (uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment());
  }

  private static @Nullable String host(URI uri) {
    if (uri.getHost() != null || uri.getRawAuthority() == null) {
      return uri.getHost();
    }
    Matcher match = NAME_AND_PORT.matcher(uri.getRawAuthority());
    return match.matches() && uri.getRawAuthority().contains("_") ? match.group(1) : null;
  }

  /** A colon and the port, unless it is the default one. */
  private static String port(URI uri) {
    int port = uri.getPort();
    if (uri.getHost() == null) {
      Matcher match = NAME_AND_PORT.matcher(uri.getRawAuthority());
      String digits = match.matches() ? match.group(3) : null;
      port = digits == null || digits.isEmpty() ? NO_PORT : Integer.parseInt(digits);
    }
    boolean isDefault =
        port == NO_PORT
            || (port == 443 && "https".equalsIgnoreCase(uri.getScheme()))
            || (port == 80 && "http".equalsIgnoreCase(uri.getScheme()));
    return isDefault ? "" : ":" + port;
  }
}
