package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** A servlet that does not read the request and responds with a small JSON-RPC message. */
final class AnsweringChain extends Chain {

  static final String MESSAGE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";

  private static final byte[] BYTES = MESSAGE.getBytes(UTF_8);

  /** Whether the servlet writes text, as the servlets of the MCP Java SDK do. */
  private final boolean writer;

  AnsweringChain(boolean writer) {
    this.writer = writer;
  }

  @Override
  void serve(ServletRequest request, ServletResponse response) throws IOException {
    response.setContentType("application/json");
    if (writer) {
      response.getWriter().write(MESSAGE);
    } else {
      response.getOutputStream().write(BYTES);
    }
  }
}
