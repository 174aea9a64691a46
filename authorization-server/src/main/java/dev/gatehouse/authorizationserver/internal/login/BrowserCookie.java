package dev.gatehouse.authorizationserver.internal.login;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.gatehouse.authorizationserver.internal.settings.LoopbackUris;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.TokenHash;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The session cookie: a random value that identifies a log-in in the session store. Forms contain
 * its hash to prevent cross-site request forgery: other sites can neither read nor set it. The
 * prefix {@code __Host-} (RFC 6265bis §4.1.3.2) keeps sibling domains from setting the cookie, and
 * so from logging the user in as another user. Browsers accept it only over https, with {@code
 * Secure}, with the path {@code /} and without a domain, so it is omitted on loopback without
 * https.
 *
 * <pre>
 * Set-Cookie: __Host-gatehouse-session=…; Path=/; HttpOnly; SameSite=Lax; Secure
 * </pre>
 */
final class BrowserCookie {
  private static final String NAME = "gatehouse-session";
  private static final int SUFFIX_LENGTH = 16;

  private final String name;
  private final String attributes;

  BrowserCookie(String issuer) {
    URI uri = URI.create(issuer);
    boolean secure = "https".equalsIgnoreCase(uri.getScheme()) || !LoopbackUris.isLoopback(uri);
    this.name = secure ? "__Host-" + NAME + suffix(uri.getRawPath()) : NAME;
    this.attributes =
        "; Path="
            + (secure ? "/" : uri.getRawPath() + "/oauth")
            + "; HttpOnly; SameSite=Lax"
            + (secure ? "; Secure" : "");
  }

  /** Keeps the cookies of servers on one host apart, as their path cannot. */
  private static String suffix(String path) {
    return path.isEmpty() ? "" : "-" + TokenHash.of(path).value().substring(0, SUFFIX_LENGTH);
  }

  Optional<OpaqueToken> read(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies == null) {
      return Optional.empty();
    }
    for (Cookie cookie : cookies) {
      if (cookie.getName().equals(name) && cookie.getValue().matches("[A-Za-z0-9_-]{43}")) {
        return Optional.of(new OpaqueToken(cookie.getValue()));
      }
    }
    return Optional.empty();
  }

  /** The {@code Set-Cookie} header of a session cookie. */
  String set(OpaqueToken value) {
    return name + "=" + value.value() + attributes;
  }

  /** The value that a form must contain, which proves that the form was served to this browser. */
  static String formToken(OpaqueToken cookie) {
    return TokenHash.of("form token of " + cookie.value()).value();
  }

  static boolean isFormTokenOf(OpaqueToken cookie, @Nullable String presented) {
    return presented != null
        && MessageDigest.isEqual(
            TokenHash.of(presented).value().getBytes(US_ASCII),
            TokenHash.of(formToken(cookie)).value().getBytes(US_ASCII));
  }
}
