package dev.gatehouse.internal.endpoint;

import dev.gatehouse.internal.refusal.ErrorResponse;
import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.servlet.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Responds to all requests under {@code /.well-known/}: with metadata, or with 404 for other paths
 * that clients probe. These requests need no token and never reach the MCP server.
 */
public final class WellKnownEndpoint {

  private static final String PREFIX = "/.well-known/";
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final ProtectedResourceMetadata metadata;
  private final ForwardedServerMetadata forwarded;

  public WellKnownEndpoint(ProtectedResourceMetadata metadata, ForwardedServerMetadata forwarded) {
    this.metadata = metadata;
    this.forwarded = forwarded;
  }

  /**
   * Responds to the request, if its path is under {@code /.well-known/}.
   *
   * @return false if it is not, and nothing was written
   */
  public boolean handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!mayBeWellKnown(request)) {
      return false;
    }
    String path = RequestPath.decoded(request);
    if (!path.startsWith(PREFIX)) {
      return false;
    }
    // CORS: pages of any origin may read the metadata, which is public (RFC 9728 §3.2).
    response.setHeader("Access-Control-Allow-Origin", "*");
    boolean isMetadata = metadata.isAt(path);
    if (!isMetadata && !forwarded.isAt(path)) {
      RefusalWriter.write(ErrorResponse.NOT_FOUND, response);
      return true;
    }
    switch (request.getMethod()) {
      case "GET", "HEAD" -> {
        if (isMetadata) {
          metadata.write(request, response);
        } else {
          forwarded.write(request, response);
        }
      }
      case "OPTIONS" -> writePreflight(response);
      default -> {
        response.setHeader("Allow", METHODS);
        RefusalWriter.write(ErrorResponse.METHOD_NOT_ALLOWED, response);
      }
    }
    return true;
  }

  /** A cheap check that saves other requests the work of building the path. */
  private static boolean mayBeWellKnown(HttpServletRequest request) {
    String servletPath = request.getServletPath();
    return servletPath.isEmpty() || servletPath.startsWith("/.well-known");
  }

  private static void writePreflight(HttpServletResponse response) {
    response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    response.setHeader("Allow", METHODS);
    response.setHeader("Access-Control-Allow-Methods", METHODS);
    response.setHeader("Access-Control-Allow-Headers", "*, Authorization, MCP-Protocol-Version");
    response.setHeader("Access-Control-Max-Age", "86400");
  }
}
