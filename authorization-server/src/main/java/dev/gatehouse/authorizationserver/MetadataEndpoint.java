package dev.gatehouse.authorizationserver;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.Issuer;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;

/**
 * Tells clients what is here (RFC 8414), at each place where they look, and nothing that isn't.
 *
 * <pre>
 * GET /.well-known/oauth-authorization-server      200 application/json
 *                                                  {"issuer":"https://host","token_endpoint":…}
 * </pre>
 */
final class MetadataEndpoint extends Endpoint {
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final Set<String> paths;
  private final String document;

  private MetadataEndpoint(Set<String> paths, String document) {
    this.paths = paths;
    this.document = document;
  }

  static MetadataEndpoint of(Settings settings, EndpointUrls urls) {
    List<ClientAuthenticationMethod> authMethods =
        List.of(
            ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
            ClientAuthenticationMethod.CLIENT_SECRET_POST);
    AuthorizationServerMetadata metadata =
        new AuthorizationServerMetadata(new Issuer(settings.issuer()));
    metadata.setTokenEndpointURI(urls.token());
    metadata.setTokenEndpointAuthMethods(authMethods);
    metadata.setGrantTypes(List.of(GrantType.CLIENT_CREDENTIALS));
    // RFC 8414 §2 demands the member; without an authorization endpoint there is nothing to put in
    // it.
    metadata.setResponseTypes(List.of());
    metadata.setIntrospectionEndpointURI(urls.introspection());
    metadata.setIntrospectionEndpointAuthMethods(authMethods);
    metadata.setRevocationEndpointURI(urls.revocation());
    metadata.setRevocationEndpointAuthMethods(authMethods);
    if (!settings.scopesSupported().isEmpty()) {
      metadata.setScopes(new Scope(settings.scopesSupported().toArray(new String[0])));
    }
    return new MetadataEndpoint(urls.metadataPaths(), metadata.toJSONObject().toJSONString());
  }

  @Override
  HTTPResponse answer(HttpServletRequest request) {
    if (!paths.contains(path(request))) {
      return NotFoundEndpoint.notFound();
    }
    HTTPResponse response =
        switch (request.getMethod()) {
          case "GET", "HEAD" -> document();
          case "OPTIONS" -> preflight();
          default -> Answers.methodNotAllowed(METHODS);
        };
    // Browser clients read it from anywhere, and it says nothing but what everybody may know.
    response.setHeader("Access-Control-Allow-Origin", "*");
    return response;
  }

  private HTTPResponse document() {
    HTTPResponse response = new HTTPResponse(HTTPResponse.SC_OK);
    response.setEntityContentType(ContentType.APPLICATION_JSON);
    response.setBody(document);
    return response;
  }

  private static HTTPResponse preflight() {
    HTTPResponse response = new HTTPResponse(204);
    response.setHeader("Access-Control-Allow-Methods", METHODS);
    response.setHeader("Access-Control-Allow-Headers", "*");
    return response;
  }

  /** The path as the container has cut and decoded it, without a slash at its end. */
  private static String path(HttpServletRequest request) {
    String info = request.getPathInfo();
    String path = request.getContextPath() + request.getServletPath() + (info == null ? "" : info);
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
