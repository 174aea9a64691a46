package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Reads an MCP ping and responds: the minimal work of a server behind the filter. */
final class JsonServlet extends HttpServlet {

  static final String PING = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";

  private static final long serialVersionUID = 1L;
  private static final byte[] RESPONSE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}".getBytes(US_ASCII);

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getInputStream().readAllBytes().length != PING.length()) {
      response.setStatus(400);
      return;
    }
    response.setContentType("application/json");
    response.setContentLength(RESPONSE.length);
    response.getOutputStream().write(RESPONSE);
  }
}
