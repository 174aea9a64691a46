package dev.gatehouse.internal.syntax;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks and compares the addresses that settings, metadata and answers name. */
public final class ServerUri {

  /** Literal addresses alone: a name that resolves to loopback today may not tomorrow. */
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.[0-9]{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  private ServerUri() {}

  /**
   * An absolute http or https address without user information or fragment; http only on loopback.
   *
   * @throws IllegalArgumentException saying what is wrong and what to write instead
   */
  public static URI parse(String text, boolean insecureHttpAllowed) {
    // What stands before an @ may be a password, so don't repeat it.
    String shown = text.contains("@") ? "the address" : "'" + withoutQuery(text) + "'";
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(shown + " is no URI: " + e.getReason()); // e has the text
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!(scheme.equals("https") || scheme.equals("http")) || uri.getHost() == null) {
      throw new IllegalArgumentException(shown + " is not of the form https://host/path");
    }
    if (uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(shown + " has user information; write it without");
    }
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException(shown + " has a fragment; write it without");
    }
    if (!text.equals(uri.toASCIIString())) {
      throw new IllegalArgumentException(
          shown
              + " is not ASCII; write it percent-encoded, as in "
              + withoutQuery(uri.toASCIIString()));
    }
    if (uri.getPort() > 65_535) {
      throw new IllegalArgumentException(shown + " has a number that is no port");
    }
    if (scheme.equals("http") && !insecureHttpAllowed && !isLoopback(uri)) {
      throw new IllegalArgumentException(
          shown
              + " is plain http to another machine; write https (or, on a network that you trust,"
              + " set allow-insecure-http=true)");
    }
    return uri;
  }

  /** For all that people and machines get to see: some put a key into the query. */
  public static String withoutQuery(URI uri) {
    return withoutQuery(uri.toString());
  }

  private static String withoutQuery(String address) {
    int query = address.indexOf('?');
    return query < 0 ? address : address.substring(0, query);
  }

  /** Whether this text is an address with scheme and host. */
  static boolean isAbsolute(String text) {
    try {
      URI uri = new URI(text);
      return uri.getScheme() != null && uri.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Whether this address is on this very machine. */
  public static boolean isLoopback(URI uri) {
    return uri.getHost() != null
        && LOOPBACK.matcher(uri.getHost().toLowerCase(Locale.ROOT)).matches();
  }

  /**
   * The form in which two resource identifiers are compared: scheme and host in lower case, without
   * the scheme's default port and without one trailing slash. Everything else, and whatever is no
   * such URI, stays as it is.
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

  /** Scheme, host and port as RFC 6454 §6.2 writes them, with user information if there is any. */
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
