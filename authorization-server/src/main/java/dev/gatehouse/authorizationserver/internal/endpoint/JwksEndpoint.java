package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.internal.settings.SigningSettings;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Serves the public keys that verify access tokens and signed introspection responses (RFC 7517
 * §5).
 *
 * <pre>
 * GET /oauth/jwks                                  200 application/json
 *                                                  Cache-Control: public, max-age=300
 *                                                  {"keys":[{"kty":"EC","kid":"…",…}]}
 * </pre>
 */
public final class JwksEndpoint extends Endpoint {
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final SigningKeys keys;

  public JwksEndpoint(SigningKeys keys) {
    this.keys = keys;
  }

  @Override
  protected HTTPResponse handle(HttpServletRequest request) {
    return Responses.allowAnyOrigin(
        switch (request.getMethod()) {
          case "GET", "HEAD" -> document();
          case "OPTIONS" -> Responses.preflight(METHODS);
          default -> Responses.methodNotAllowed(METHODS);
        });
  }

  private HTTPResponse document() {
    HTTPResponse response = new HTTPResponse(HTTPResponse.SC_OK);
    response.setEntityContentType(ContentType.APPLICATION_JSON);
    response.setCacheControl("public, max-age=" + SigningSettings.KEY_SET_MAX_AGE.toSeconds());
    response.setBody(new JWKSet(keys.published()).toString());
    return response;
  }
}
