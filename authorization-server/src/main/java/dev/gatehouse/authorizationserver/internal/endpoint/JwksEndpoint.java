package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;

/** Serves the public keys that verify signed introspection responses (RFC 7517 §5). */
public final class JwksEndpoint extends Endpoint {
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final String document;

  public JwksEndpoint(ECKey key) {
    this.document = new JWKSet(key.toPublicJWK()).toString();
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
    response.setBody(document);
    return response;
  }
}
