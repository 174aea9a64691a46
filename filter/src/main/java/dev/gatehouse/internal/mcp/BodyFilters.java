package dev.gatehouse.internal.mcp;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Filters what an MCP servlet responds: leaves out of lists what the caller may not use, and out of
 * errors what tells about the server's code. A body is changed only where that is necessary, and a
 * list that can't be filtered is not sent.
 *
 * <p>Out of reach is what the container writes itself after an exception that the servlet has
 * thrown.
 */
public final class BodyFilters {

  private BodyFilters() {}

  /**
   * Wraps the response of a request to the MCP servlet.
   *
   * @param id of the request, as JSON text, for the errors that this filter writes; null if unknown
   * @param lists decides what the caller may see. Must be given if the request, or a message of its
   *     batch, is for a list, and for GET, whose event stream may repeat a response. Null if the
   *     response has no list.
   * @return the response to give to the servlet; {@code response} itself if there is nothing to
   *     filter
   */
  public static HttpServletResponse wrap(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable String id,
      @Nullable ListVisibility lists) {
    DispatcherType dispatcher = request.getDispatcherType();
    boolean isPartOfAnother =
        dispatcher == DispatcherType.INCLUDE || dispatcher == DispatcherType.ERROR;
    return request.getMethod().equals("HEAD") || (isPartOfAnother && lists == null)
        ? response
        : new FilteredResponse(
            response, id, lists, request.getMethod().equals("POST"), isFromMcpClient(request));
  }

  /** As MCP's transport demands of its clients; others may expect an error page. */
  private static boolean isFromMcpClient(HttpServletRequest request) {
    String accept = request.getHeader("Accept");
    return (accept != null && accept.contains("text/event-stream"))
        || request.getHeader("Mcp-Session-Id") != null
        || request.getHeader(McpHeaders.VERSION) != null
        || (request.getMethod().equals("POST") && JsonContent.isAnnounced(request));
  }
}
