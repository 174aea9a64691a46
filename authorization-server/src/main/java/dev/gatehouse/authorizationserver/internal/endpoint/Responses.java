package dev.gatehouse.authorizationserver.internal.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.BearerTokenError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/** Builds error responses and writes Nimbus messages to Servlet responses. */
public final class Responses {
  private static final int SC_METHOD_NOT_ALLOWED = 405;
  private static final int SC_TOO_MANY_REQUESTS = 429;

  private Responses() {}

  /** An error response (RFC 6749 §5.2). */
  public static HTTPResponse error(ErrorObject error) {
    HTTPResponse response = new TokenErrorResponse(error).toHTTPResponse();
    if (error instanceof BearerTokenError bearer) {
      response.setWWWAuthenticate(bearer.toWWWAuthenticateHeader());
    } else if (response.getStatusCode() == HTTPResponse.SC_UNAUTHORIZED) {
      // RFC 9110 §15.5.2 requires it with every 401.
      response.setWWWAuthenticate("Basic realm=\"oauth\", charset=\"UTF-8\"");
    }
    return response;
  }

  public static HTTPResponse methodNotAllowed(String allowed) {
    HTTPResponse response =
        error(
            new ErrorObject(
                OAuth2Error.INVALID_REQUEST_CODE, "Method not allowed", SC_METHOD_NOT_ALLOWED));
    response.setHeader("Allow", allowed);
    return response;
  }

  /** Allows every origin to read a response (CORS): the endpoint uses no cookies. */
  public static HTTPResponse allowAnyOrigin(HTTPResponse response) {
    response.setHeader("Access-Control-Allow-Origin", "*");
    return response;
  }

  public static HTTPResponse preflight(String methods) {
    HTTPResponse response = new HTTPResponse(204);
    response.setHeader("Access-Control-Allow-Methods", methods);
    // "*" does not cover Authorization (Fetch standard, CORS protocol).
    response.setHeader(
        "Access-Control-Allow-Headers", "Authorization, Content-Type, DPoP, MCP-Protocol-Version");
    return response;
  }

  /**
   * Responds 429 (RFC 6585 §4), never "inactive" or 401: the caller's token and credentials may be
   * valid.
   */
  public static HTTPResponse tooManyRequests(Duration wait) {
    HTTPResponse response =
        error(
            new ErrorObject(
                OAuth2Error.TEMPORARILY_UNAVAILABLE_CODE,
                "Too many requests",
                SC_TOO_MANY_REQUESTS));
    response.setHeader("Retry-After", seconds(wait));
    return response;
  }

  /** Whole seconds, rounded up, so that a retry after this time is within the limit. */
  public static String seconds(Duration wait) {
    return Long.toString(Math.max(1, wait.plusMillis(999).toSeconds()));
  }

  static void write(HTTPResponse answer, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setStatus(answer.getStatusCode());
    answer
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
    response.setHeader("X-Content-Type-Options", "nosniff");
    String body = answer.getBody();
    byte[] bytes = body == null ? new byte[0] : body.getBytes(UTF_8);
    response.setContentLength(bytes.length);
    if (!request.getMethod().equals("HEAD")) {
      response.getOutputStream().write(bytes);
    }
  }
}
