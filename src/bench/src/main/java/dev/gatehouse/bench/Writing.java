package dev.gatehouse.bench;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.io.PrintWriter;

/**
 * A servlet that responds to everything with the same message, through the writer, as the servlets
 * of the MCP Java SDK do.
 */
final class Writing extends Chain {

  private final String contentType;
  private final String body;

  private Writing(String contentType, String body) {
    this.contentType = contentType;
    this.body = body;
  }

  /** Responds in JSON. */
  static Writing json(String message) {
    return new Writing("application/json", message);
  }

  /** Responds with one event. */
  static Writing event(String message) {
    return new Writing("text/event-stream", "event: message\ndata: " + message + "\n\n");
  }

  @Override
  void serve(ServletRequest request, ServletResponse response) throws IOException {
    request.getInputStream().readAllBytes();
    response.setContentType(contentType);
    response.setCharacterEncoding("UTF-8");
    PrintWriter writer = response.getWriter();
    writer.write(body);
    writer.flush();
  }
}
