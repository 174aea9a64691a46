package dev.gatehouse.internal.syntax;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Validates and compares URIs from settings, metadata and responses. */
public final class ServerUri {

  /** Only localhost and literal addresses: what another name resolves to may change. */
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  private ServerUri() {}

  /**
   * Parses an absolute http or https URI without user information or fragment.
   *
   * @param insecureHttpAllowed whether http is allowed to hosts other than loopback
   * @throws IllegalArgumentException with the error and what to write instead
   */
  public static URI parse(String text, boolean insecureHttpAllowed) {
    // The part before an @ may be a password, which must not be repeated.
    String shown = text.contains("@") ? "the value" : "'" + withoutQuery(text) + "'";
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          shown + " is not a URI: " + e.getReason()); // e repeats the text
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("https") || scheme.equals("http")) || uri.getHost() == null) {
      throw new IllegalArgumentException(shown + " is not of the form https://host/path");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(shown + " has user information; remove it");
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
    if (uri.getPort() > 65_535) {
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

  /** The URI without its query, which may contain a key: for logs, meters and responses. */
  public static String withoutQuery(URI uri) {
    return withoutQuery(uri.toString());
  }

  private static String withoutQuery(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  /** Whether the text is a URI with scheme and host. */
  static boolean isAbsolute(String text) {
    try {
      URI uri = new URI(text);
      return uri.getScheme() != null && uri.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Whether the host of this URI is the local machine. */
  public static boolean isLoopback(URI uri) {
    return uri.getHost() != null
        && LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches();
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
    if (uri.getScheme() == null || uri.getHost() == null) {
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

  /** Scheme, host and port in the form of RFC 6454 §6.2, and user information if present. */
  public static String origin(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    boolean defaultPort =
        uri.getPort() == -1
            || (scheme.equals("https") && uri.getPort() == 443)
            || (scheme.equals("http") && uri.getPort() == 80);
    return scheme
        + "://"
        + (uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo() + "@")
        + uri.getHost().toLowerCase(Locale.ROOT)
        + (defaultPort ? "" : ":" + uri.getPort());
  }
}
