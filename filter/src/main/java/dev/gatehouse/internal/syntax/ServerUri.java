package dev.gatehouse.internal.syntax;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Validates and compares URIs from settings, metadata and responses. */
public final class ServerUri {

  /** Only localhost and literal addresses: what another name resolves to may change. */
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  /**
   * A host and a port that {@link URI} takes for another kind of authority, because of an
   * underscore. Names of services in container networks have them.
   */
  private static final Pattern NAME_AND_PORT =
      Pattern.compile("([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?)(?::([0-9]{0,9}))?");

  private ServerUri() {}

  /**
   * Parses an absolute http or https URI without user information or fragment.
   *
   * @param insecureHttpAllowed whether http is allowed to hosts other than loopback
   * @throws IllegalArgumentException with the error and what to write instead
   */
  public static URI parse(String text, boolean insecureHttpAllowed) {
    String shown = shown(text);
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          shown + " is not a URI: " + e.getReason()); // e repeats the text
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("https") || scheme.equals("http")) || uri.getRawAuthority() == null) {
      throw new IllegalArgumentException(shown + " is not of the form https://host/path");
    }
    if (uri.getRawAuthority().contains("@")) {
      throw new IllegalArgumentException(shown + " has user information; remove it");
    }
    if (host(uri) == null) {
      throw new IllegalArgumentException(
          shown + " has an invalid host or port; write a name or an address, and a number");
    }
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException(shown + " has a fragment; remove it");
    }
    if (!text.equals(uri.toASCIIString())) {
      throw new IllegalArgumentException(
          shown
              + " is not ASCII; write it percent-encoded, as in "
              + withoutQuery(uri.toASCIIString()));
    }
    if (port(uri) > 65_535) {
      throw new IllegalArgumentException(shown + " has an invalid port; write one up to 65535");
    }
    if (scheme.equals("http") && !insecureHttpAllowed && !isLoopback(uri)) {
      throw new IllegalArgumentException(
          shown
              + " is plain http to another host; write https (or, on a network that you trust,"
              + " set allow-insecure-http=true)");
    }
    return uri;
  }

  /** For messages. The part before an {@code @} may be a password, which must not be repeated. */
  static String shown(String text) {
    return text.contains("@") ? "the value" : "'" + withoutQuery(text) + "'";
  }

  /** The URI without its query, which may contain a key: for logs, meters and responses. */
  public static String withoutQuery(URI uri) {
    return withoutQuery(uri.toString());
  }

  private static String withoutQuery(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  /** Whether the text is a URI with scheme and host. */
  public static boolean isAbsolute(String text) {
    try {
      URI uri = new URI(text);
      return uri.getScheme() != null && host(uri) != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Whether the host of this URI is the local machine. */
  public static boolean isLoopback(URI uri) {
    String host = host(uri);
    return host != null && LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches();
  }

  /** The host; null if there is none, or an invalid one. */
  static @Nullable String host(URI uri) {
    if (uri.getHost() != null || uri.getRawAuthority() == null) {
      return uri.getHost();
    }
    Matcher match = NAME_AND_PORT.matcher(uri.getRawAuthority());
    return match.matches() && uri.getRawAuthority().contains("_") ? match.group(1) : null;
  }

  /** The port; -1 if there is none. */
  static int port(URI uri) {
    if (uri.getHost() != null || uri.getRawAuthority() == null) {
      return uri.getPort();
    }
    Matcher match = NAME_AND_PORT.matcher(uri.getRawAuthority());
    String port = match.matches() ? match.group(3) : null;
    return port == null || port.isEmpty() ? -1 : Integer.parseInt(port);
  }

  /**
   * Normalizes a resource identifier for comparison: scheme and host in lower case, without the
   * default port of the scheme and without one trailing slash. All other parts are unchanged, and
   * so is a text that is not a URI with scheme and host.
   */
  public static String canonical(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return text;
    }
    if (uri.getScheme() == null || host(uri) == null) {
      return text;
    }
    StringBuilder canonical = new StringBuilder(text.length());
    canonical.append(origin(uri));
    String path = uri.getRawPath();
    canonical.append(path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
    if (uri.getRawQuery() != null) {
      canonical.append('?').append(uri.getRawQuery());
    }
    if (uri.getRawFragment() != null) {
      canonical.append('#').append(uri.getRawFragment());
    }
    return canonical.toString();
  }

  /**
   * Scheme, host and port in the form of RFC 6454 §6.2, and user information if present.
   *
   * @param uri with a host
   */
  public static String origin(URI uri) {
    int port = port(uri);
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    boolean defaultPort =
        port == -1
            || (scheme.equals("https") && port == 443)
            || (scheme.equals("http") && port == 80);
    return scheme
        + "://"
        + (uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@")
        + Objects.requireNonNull(host(uri)).toLowerCase(Locale.ROOT)
        + (defaultPort ? "" : ":" + port);
  }
}
