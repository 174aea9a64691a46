package dev.gatehouse.authorizationserver.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Parses URIs that clients supply (RFC 3986). {@link URI} alone also accepts other characters than
 * ASCII and every number as a port, so what it accepts may later lead elsewhere.
 */
public final class UriSyntax {
  private static final int MAX_PORT = 65_535;

  /** Schemes that run or read something in the browser instead of opening a client. */
  private static final Set<String> NO_CLIENT =
      Set.of(
          "about",
          "blob",
          "data",
          "file",
          "filesystem",
          "ftp",
          "javascript",
          "vbscript",
          "view-source",
          "ws",
          "wss");

  private UriSyntax() {}

  /**
   * Parses an absolute URI in ASCII, without user information and fragment. If it has a port, the
   * port is a number from 1 to 65535.
   *
   * @param text any text
   * @return the URI, printed as {@code text}; empty when it is none or has another form
   */
  public static Optional<URI> parse(String text) {
    if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new URI(text))
          .filter(URI::isAbsolute)
          .filter(uri -> uri.getRawFragment() == null && uri.getRawUserInfo() == null)
          .filter(UriSyntax::hasLegalPort);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /**
   * Parses a redirect URI (RFC 6749 §3.1.2): with http and https it has a host, its scheme is not
   * one that browsers handle themselves, such as {@code javascript}, and it has a query only if it
   * has a path, because a response could not be added otherwise.
   *
   * @param text any text
   * @return the URI, printed as {@code text}; empty when it cannot be a redirect URI
   */
  public static Optional<URI> parseRedirectUri(String text) {
    return parse(text)
        .filter(uri -> uri.getHost() != null || !isHttp(uri))
        .filter(uri -> !uri.isOpaque() || !text.contains("?"))
        .filter(uri -> !NO_CLIENT.contains(uri.getScheme().toLowerCase(Locale.ROOT)));
  }

  /**
   * Tells whether a URI is a web address; only then does its host say where it leads.
   *
   * @param uri any URI
   * @return true for http and https
   */
  public static boolean isHttp(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
  }

  private static boolean hasLegalPort(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort() >= 1 && uri.getPort() <= MAX_PORT;
    }
    // RFC 3986 §3.2.3 allows a colon without a port; programs read it differently.
    return uri.getRawAuthority() == null || !uri.getRawAuthority().endsWith(":");
  }
}
