package dev.gatehouse.authorizationserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Turns Nimbus's messages into answers, and writes them: the only place that does. */
final class Answers {
  private static final int SC_METHOD_NOT_ALLOWED = 405;

  private Answers() {}

  /** An error as RFC 6749 §5.2 wants it. */
  static HTTPResponse error(ErrorObject error) {
    HTTPResponse response = new TokenErrorResponse(error).toHTTPResponse();
    if (response.getStatusCode() == HTTPResponse.SC_UNAUTHORIZED) {
      // RFC 6749 §5.2 wants it when the client used the header, RFC 9110 §15.5.2 with every 401.
      response.setWWWAuthenticate("Basic realm=\"oauth\", charset=\"UTF-8\"");
    }
    return response;
  }

  static HTTPResponse methodNotAllowed(String allowed) {
    HTTPResponse response =
        error(
            new ErrorObject(
                OAuth2Error.INVALID_REQUEST_CODE,
                "This method is not allowed here",
                SC_METHOD_NOT_ALLOWED));
    response.setHeader("Allow", allowed);
    return response;
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
