package dev.gatehouse.authorizationserver.internal.login;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.endpoint.Endpoint;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;

/** An endpoint for browsers: errors are pages, not JSON. */
abstract class PageEndpoint extends Endpoint {
  final Pages pages;

  PageEndpoint(Pages pages) {
    this.pages = pages;
  }

  abstract HTTPResponse page(HttpServletRequest request) throws IOException;

  @Override
  protected final HTTPResponse handle(HttpServletRequest request) throws IOException {
    return page(request);
  }

  @Override
  protected final HTTPResponse failure(int status) {
    return pages.error(
        status,
        status == 503
            ? "The server is temporarily unavailable. Try again in a moment."
            : "Internal server error.");
  }

  final HTTPResponse methodNotAllowed(String allowed) {
    HTTPResponse response = pages.error(405, "Method not allowed.");
    response.setHeader("Allow", allowed);
    return response;
  }

  final HTTPResponse redirectError(AuthorizationRequests.ErrorRedirect back) {
    return back.immediate() ? seeOther(back.to().toString()) : pages.leaving(back.to());
  }

  static HTTPResponse seeOther(String location) {
    HTTPResponse response = new HTTPResponse(303);
    response.setHeader("Location", location);
    response.setCacheControl("no-store");
    // The URL of the current page contains the client's request.
    response.setHeader("Referrer-Policy", "same-origin");
    return response;
  }
}
