package dev.gatehouse.demo;

import java.util.Locale;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Replaces Jetty's error pages, for example for an unknown path, by a small JSON object.
 *
 * <p>The body depends on the status only, so that it can't contain a path or an exception.
 */
final class JsonErrors implements Request.Handler {

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    Content.Sink.write(response, true, body(status), callback);
    return true;
  }

  private static String body(int status) {
    String reason = HttpStatus.getMessage(status);
    String error = reason.toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_");
    return "{\"error\":\"" + error + "\",\"error_description\":\"" + description(status) + "\"}";
  }

  private static String description(int status) {
    if (status == HttpStatus.NOT_FOUND_404) {
      return "Not found. The MCP endpoint is " + McpEndpoint.PATH;
    }
    return HttpStatus.isClientError(status) || status == HttpStatus.NOT_IMPLEMENTED_501
        ? "The server cannot handle this request"
        : "The server cannot respond at the moment";
  }
}
