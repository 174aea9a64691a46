package dev.gatehouse.internal.servlet;

import dev.gatehouse.internal.syntax.WebOrigin;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Enumeration;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Decides which web pages may call this server. Requests with a foreign {@code Origin} are refused
 * because of DNS rebinding, as the MCP transport specification requires. Pages of allowed origins
 * get CORS headers (Fetch standard).
 */
public final class OriginPolicy {

  public static final String METHODS = "GET, POST, DELETE, OPTIONS";

  private static final String REQUEST_METHOD = "Access-Control-Request-Method";
  private static final String REQUEST_HEADERS = "Access-Control-Request-Headers";
  private static final String KNOWN_HEADERS =
      "Accept, Authorization, Content-Type, Last-Event-ID, Mcp-Method, Mcp-Name,"
          + " MCP-Protocol-Version, Mcp-Session-Id";
  private static final String EXPOSED_HEADERS = "WWW-Authenticate, Mcp-Session-Id, Retry-After";
  private static final Pattern HEADER_NAMES =
      Pattern.compile("[A-Za-z0-9-]{1,64}( ?, ?[A-Za-z0-9-]{1,64}){0,63}");

  private final Set<String> allowed;
  private final String knownHeaders;
  private final String exposedHeaders;

  public OriginPolicy(Set<String> allowed) {
    this(allowed, false);
  }

  /**
   * Creates the policy.
   *
   * @param dpop whether pages may send proofs and read nonces (RFC 9449 §8.2)
   */
  public OriginPolicy(Set<String> allowed, boolean dpop) {
    this.allowed = Set.copyOf(allowed);
    this.knownHeaders = dpop ? KNOWN_HEADERS + ", DPoP" : KNOWN_HEADERS;
    this.exposedHeaders = dpop ? EXPOSED_HEADERS + ", DPoP-Nonce" : EXPOSED_HEADERS;
  }

  OriginCheck check(HttpServletRequest request) {
    Enumeration<String> origins = request.getHeaders("Origin");
    if (!origins.hasMoreElements()) {
      return OriginCheck.NO_ORIGIN;
    }
    String first = origins.nextElement();
    return !origins.hasMoreElements() && WebOrigin.isAmong(allowed, first)
        ? OriginCheck.ALLOWED
        : OriginCheck.FOREIGN;
  }

  /** Allows a page of an allowed origin to read the response, including a 401. */
  public void expose(HttpServletRequest request, HttpServletResponse response) {
    response.setHeader("Access-Control-Allow-Origin", request.getHeader("Origin"));
    response.setHeader("Access-Control-Expose-Headers", exposedHeaders);
    response.addHeader("Vary", "Origin");
  }

  /** Whether the request is a CORS preflight, which browsers send without a token. */
  public static boolean isPreflight(HttpServletRequest request) {
    return request.getMethod().equals("OPTIONS") && request.getHeader(REQUEST_METHOD) != null;
  }

  /** Writes the response to the preflight of an allowed origin. */
  public void writePreflight(HttpServletRequest request, HttpServletResponse response) {
    String requested = request.getHeader(REQUEST_HEADERS);
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    response.setHeader("Access-Control-Allow-Methods", METHODS);
    response.setHeader(
        "Access-Control-Allow-Headers",
        requested != null && HEADER_NAMES.matcher(requested).matches() ? requested : knownHeaders);
    response.setHeader("Access-Control-Max-Age", "7200");
    response.addHeader("Vary", REQUEST_HEADERS);
  }
}
