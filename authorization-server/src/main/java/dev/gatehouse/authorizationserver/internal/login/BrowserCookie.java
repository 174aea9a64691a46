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
 * The one cookie of the pages: a random value that means a log-in once the session store knows it.
 * Forms carry its hash against cross-site requests: another site can neither read it nor set it.
 */
final class BrowserCookie {
  static final String NAME = "gatehouse-session";

  private final String attributes;

  BrowserCookie(String issuer) {
    URI uri = URI.create(issuer);
    boolean secure = "https".equalsIgnoreCase(uri.getScheme()) || !LoopbackUris.isLoopback(uri);
    this.attributes =
        "; Path="
            + uri.getRawPath()
            + "/oauth; HttpOnly; SameSite=Lax"
            + (secure ? "; Secure" : "");
  }

  Optional<OpaqueToken> read(HttpServletRequest request) {
    Cookie[] cookies = request.getCookies();
    if (cookies == null) {
      return Optional.empty();
    }
    for (Cookie cookie : cookies) {
      if (cookie.getName().equals(NAME) && cookie.getValue().matches("[A-Za-z0-9_-]{43}")) {
        return Optional.of(new OpaqueToken(cookie.getValue()));
      }
    }
    return Optional.empty();
  }

  /** The header that gives the cookie to a browser until it is closed. */
  String set(OpaqueToken value) {
    return NAME + "=" + value.value() + attributes;
  }

  /**
   * What a form must carry, so that it is known to come from a page of ours in this very browser.
   */
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
