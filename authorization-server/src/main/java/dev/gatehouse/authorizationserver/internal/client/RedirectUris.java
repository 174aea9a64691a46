package dev.gatehouse.authorizationserver.internal.client;

import dev.gatehouse.authorizationserver.internal.settings.LoopbackUris;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Compares redirect URIs exactly with those registered (RFC 9700 §4.1.3), with one exception: on
 * loopback addresses the port may differ (RFC 8252 §7.3), because a native application uses any
 * free port.
 */
public final class RedirectUris {
  /** Schemes that run or read something in the browser instead of opening a client. */
  private static final Set<String> DANGEROUS =
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

  private RedirectUris() {}

  /** Returns the requested URI if it is registered. */
  public static Optional<URI> find(RegisteredClient client, String requested) {
    return parse(requested)
        .filter(
            uri ->
                client.redirectUris().contains(requested)
                    || client.redirectUris().stream()
                        .anyMatch(known -> differsInPortOnly(known, uri)));
  }

  private static boolean differsInPortOnly(String registered, URI requested) {
    return parse(registered)
        .filter(known -> isLoopbackHttp(known) && isLoopbackHttp(requested))
        .filter(known -> withoutPort(known).equals(withoutPort(requested)))
        .isPresent();
  }

  /** RFC 6749 §3.1.2: without a fragment, which a registered URI cannot have either. */
  private static boolean isLoopbackHttp(URI uri) {
    return "http".equalsIgnoreCase(uri.getScheme())
        && uri.getRawUserInfo() == null
        && uri.getRawFragment() == null
        && LoopbackUris.isLoopback(uri);
  }

  private static String withoutPort(URI uri) {
    return uri.getHost() + " " + uri.getRawPath() + " " + uri.getRawQuery();
  }

  /**
   * Whether a self-registered client may use a URI: https, http on loopback, or a private-use
   * scheme (RFC 8252 §7). Only ASCII (RFC 3986 §2), which {@link URI} does not check: a {@code
   * Location} header cannot contain anything else.
   */
  static boolean mayBeRegistered(String text) {
    return parse(text)
        .filter(uri -> text.chars().allMatch(c -> c < 0x7F))
        .filter(uri -> uri.getRawFragment() == null && uri.getRawUserInfo() == null)
        .filter(
            uri ->
                switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
                  case "https" -> uri.getHost() != null;
                  case "http" -> LoopbackUris.isLoopback(uri);
                  default -> !DANGEROUS.contains(uri.getScheme().toLowerCase(Locale.ROOT));
                })
        .isPresent();
  }

  private static Optional<URI> parse(String text) {
    try {
      return Optional.of(new URI(text)).filter(URI::isAbsolute);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
