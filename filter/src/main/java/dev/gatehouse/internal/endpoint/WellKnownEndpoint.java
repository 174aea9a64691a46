package dev.gatehouse.internal.endpoint;

import dev.gatehouse.internal.refusal.ErrorResponse;
import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.servlet.RequestPath;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Answers all that is asked under {@code /.well-known/}: the metadata, or 404 for whatever else
 * clients probe there. None of it needs a token and none of it reaches the MCP server.
 */
public final class WellKnownEndpoint {

  private static final String PREFIX = "/.well-known/";
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final ProtectedResourceMetadata metadata;
  private final ForwardedServerMetadata forwarded;
  private final RefusalWriter refusals;

  public WellKnownEndpoint(
      ProtectedResourceMetadata metadata,
      ForwardedServerMetadata forwarded,
      RefusalWriter refusals) {
    this.metadata = metadata;
    this.forwarded = forwarded;
    this.refusals = refusals;
  }

  /**
   * Answers, if it is asked.
   *
   * @return false if the request is about something else
   */
  public boolean handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!mayBeAsked(request)) {
      return false;
    }
    String path = RequestPath.decoded(request);
    if (!path.startsWith(PREFIX)) {
      return false;
    }
    // RFC 9728 §3.2 and the browsers' rules: readable by pages of any origin.
    response.setHeader("Access-Control-Allow-Origin", "*");
    boolean isMetadata = metadata.isAt(path);
    if (!isMetadata && !forwarded.isAt(path)) {
      refusals.write(ErrorResponse.NOT_FOUND, response);
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
        refusals.write(ErrorResponse.METHOD_NOT_ALLOWED, response);
      }
    }
    return true;
  }

  /**
   * Spares every other request the work: a servlet path is empty, or whole segments of the path.
   */
  private static boolean mayBeAsked(HttpServletRequest request) {
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
