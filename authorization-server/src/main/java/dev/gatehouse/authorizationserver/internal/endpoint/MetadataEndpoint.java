package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;

/**
 * Serves the metadata document (RFC 8414) at each path where clients look for it.
 *
 * <pre>
 * GET /.well-known/oauth-authorization-server      200 application/json
 *                                                  {"issuer":"https://host","token_endpoint":…}
 * </pre>
 */
public final class MetadataEndpoint extends Endpoint {
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final Set<String> paths;
  private final String document;

  public MetadataEndpoint(Set<String> paths, String document) {
    this.paths = paths;
    this.document = document;
  }

  @Override
  protected HTTPResponse handle(HttpServletRequest request) {
    if (!paths.contains(path(request))) {
      return NotFoundEndpoint.notFound();
    }
    HTTPResponse response =
        switch (request.getMethod()) {
          case "GET", "HEAD" -> document();
          case "OPTIONS" -> Responses.preflight(METHODS);
          default -> Responses.methodNotAllowed(METHODS);
        };
    return Responses.allowAnyOrigin(response);
  }

  private HTTPResponse document() {
    HTTPResponse response = new HTTPResponse(HTTPResponse.SC_OK);
    response.setEntityContentType(ContentType.APPLICATION_JSON);
    response.setBody(document);
    return response;
  }

  /** The decoded path without a trailing slash. */
  private static String path(HttpServletRequest request) {
    String info = request.getPathInfo();
    String path = request.getContextPath() + request.getServletPath() + (info == null ? "" : info);
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }
}
