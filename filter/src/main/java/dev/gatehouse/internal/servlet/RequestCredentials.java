package dev.gatehouse.internal.servlet;

import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Credentials;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the credentials of a request, from the {@code Authorization} header only. */
public final class RequestCredentials {

  /** RFC 6750 §2.3. MCP forbids tokens in the query, so its value is never used. */
  private static final String QUERY_PARAMETER = "access_token";

  private RequestCredentials() {}

  /** Reads a Bearer token. */
  public static Credentials of(HttpServletRequest request) {
    return of(request, false);
  }

  /**
   * Reads a token.
   *
   * @param dpop whether the scheme DPoP is accepted beside Bearer
   */
  static Credentials of(HttpServletRequest request, boolean dpop) {
    Credentials inHeader = BearerToken.from(request.getHeaders("Authorization"), dpop);
    if (inHeader instanceof BearerToken && hasQueryToken(request.getQueryString())) {
      // RFC 6750 §2: no more than one method in each request.
      return new Credentials.Malformed(
          "a token in the header and one in the query", inHeader.scheme());
    }
    return inHeader;
  }

  private static boolean hasQueryToken(@Nullable String query) {
    if (query == null) {
      return false;
    }
    for (String parameter : query.split("&", -1)) {
      if (QUERY_PARAMETER.equals(decodedName(parameter))) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String decodedName(String parameter) {
    int equals = parameter.indexOf('=');
    String name = equals < 0 ? parameter : parameter.substring(0, equals);
    try {
      return URLDecoder.decode(name, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null; // not form-encoded, so no server reads it as that parameter
    }
  }
}
