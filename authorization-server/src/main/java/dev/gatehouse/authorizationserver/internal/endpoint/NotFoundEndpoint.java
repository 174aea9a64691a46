package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;

/** Responds 404 to unknown paths, instead of the container's error page. */
public final class NotFoundEndpoint extends Endpoint {
  static HTTPResponse notFound() {
    return Responses.error(
        new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, "Not found", HTTPResponse.SC_NOT_FOUND));
  }

  @Override
  protected HTTPResponse handle(HttpServletRequest request) {
    return notFound();
  }
}
