package dev.gatehouse.authorizationserver.internal.client;

import dev.gatehouse.authorizationserver.internal.settings.LoopbackUris;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.UriSyntax;
import java.net.URI;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Compares redirect URIs exactly with those registered (RFC 9700 §4.1.3), with one exception: on
 * loopback addresses the port may differ (RFC 8252 §7.3), because a native application uses any
 * free port.
 */
public final class RedirectUris {
  /** RFC 8252 §7.1: a domain name of the client's owner in reverse order. */
  private static final Pattern SCHEME_OF_ITS_OWN =
      Pattern.compile("[a-z][a-z0-9+-]*(\\.[a-z0-9+-]+)+");

  /**
   * MCP clients whose scheme has no dot. Any other scheme may belong to a program of the operating
   * system, as {@code ms-msdt} does.
   */
  static final Set<String> EDITORS =
      Set.of(
          "claude",
          "cursor",
          "goose",
          "kiro",
          "raycast",
          "trae",
          "vscode",
          "vscode-insiders",
          "vscodium",
          "warp",
          "windsurf",
          "zed");

  private RedirectUris() {}

  /** Returns the requested URI if it is registered and may still be used. */
  public static Optional<URI> find(RegisteredClient client, String requested) {
    return UriSyntax.parseRedirectUri(requested)
        .filter(
            uri ->
                client.redirectUris().contains(requested)
                    || client.redirectUris().stream()
                        .anyMatch(known -> differsInPortOnly(known, uri)))
        .filter(uri -> !client.selfRegistered() || isForSelfRegistered(uri));
  }

  private static boolean differsInPortOnly(String registered, URI requested) {
    return UriSyntax.parseRedirectUri(registered)
        .filter(known -> isLoopbackHttp(known) && isLoopbackHttp(requested))
        .filter(known -> known.getHost().equals(requested.getHost()))
        .filter(known -> known.getRawPath().equals(requested.getRawPath()))
        .filter(known -> Objects.equals(known.getRawQuery(), requested.getRawQuery()))
        .isPresent();
  }

  private static boolean isLoopbackHttp(URI uri) {
    return "http".equalsIgnoreCase(uri.getScheme()) && LoopbackUris.isLoopback(uri);
  }

  /** Whether a client may register this redirect URI by itself. */
  static boolean mayBeRegistered(String text) {
    return UriSyntax.parseRedirectUri(text).filter(RedirectUris::isForSelfRegistered).isPresent();
  }

  /** RFC 8252 §7: https, http on loopback, or a private-use scheme. */
  private static boolean isForSelfRegistered(URI uri) {
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "https" -> true;
      case "http" -> LoopbackUris.isLoopback(uri);
      default -> SCHEME_OF_ITS_OWN.matcher(scheme).matches() || EDITORS.contains(scheme);
    };
  }
}
