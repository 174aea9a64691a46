package dev.gatehouse.internal.mcp;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Filters what an MCP servlet responds: leaves out of lists what the caller may not use, and out of
 * errors what tells about the server's code. A body is changed only where that is necessary, and a
 * list that can't be filtered is not sent.
 *
 * <pre>{@code
 * HttpServletResponse filtered = BodyFilters.wrap(request, response, id, visibility);
 * chain.doFilter(request, filtered);
 * BodyFilters.finish(request, filtered);
 * // AsyncContext.complete() must call the other finish, with the container's complete()
 * }</pre>
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
   *     filter or something filters it already
   */
  public static HttpServletResponse wrap(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable String id,
      @Nullable ListVisibility lists) {
    DispatcherType dispatcher = request.getDispatcherType();
    return request.getMethod().equals("HEAD")
            || dispatcher == DispatcherType.INCLUDE
            || dispatcher == DispatcherType.ERROR
            || find(response) != null
        ? response
        : new FilteredResponse(response, id, lists, request.getMethod().equals("POST"));
  }

  /**
   * Sends what is kept of a body, unless async processing goes on. Must be called when the servlet
   * has returned.
   *
   * @param response from {@link #wrap}, possibly wrapped again
   */
  public static void finish(HttpServletRequest request, ServletResponse response)
      throws IOException {
    FilteredResponse filtered = find(response);
    // Tomcat says that async processing goes on even if it has been completed meanwhile.
    if (filtered != null && (!request.isAsyncStarted() || filtered.body().isFinished())) {
      filtered.body().finish(() -> {});
    }
  }

  /**
   * Sends what is kept of a body, and then runs the action. If the servlet writes without blocking,
   * the action may run later, when the container has taken everything. Must be called instead of
   * {@code AsyncContext.complete()}.
   *
   * @param response from {@link #wrap}, possibly wrapped again
   */
  public static void finish(ServletResponse response, Runnable complete) {
    FilteredResponse filtered = find(response);
    if (filtered == null) {
      complete.run();
      return;
    }
    try {
      filtered.body().finish(complete);
    } catch (IOException e) {
      complete.run(); // the client has gone
    }
  }

  private static @Nullable FilteredResponse find(ServletResponse response) {
    ServletResponse current = response;
    while (!(current instanceof FilteredResponse)) {
      if (!(current instanceof ServletResponseWrapper wrapper)) {
        return null;
      }
      current = wrapper.getResponse();
    }
    return (FilteredResponse) current;
  }
}
