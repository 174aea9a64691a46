package dev.gatehouse.authorizationserver;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;

/** Gives the public keys that signed answers are checked with (RFC 7517 §5). */
final class JwksEndpoint extends Endpoint {
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final String document;

  JwksEndpoint(ECKey key) {
    this.document = new JWKSet(key.toPublicJWK()).toString();
  }

  @Override
  HTTPResponse answer(HttpServletRequest request) {
    return Answers.readableAnywhere(
        switch (request.getMethod()) {
          case "GET", "HEAD" -> document();
          case "OPTIONS" -> Answers.preflight(METHODS);
          default -> Answers.methodNotAllowed(METHODS);
        });
  }

  private HTTPResponse document() {
    HTTPResponse response = new HTTPResponse(HTTPResponse.SC_OK);
    response.setEntityContentType(ContentType.APPLICATION_JSON);
    response.setBody(document);
    return response;
  }
}
