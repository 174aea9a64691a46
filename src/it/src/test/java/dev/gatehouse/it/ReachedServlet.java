package dev.gatehouse.it;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Stands for an MCP server: tells that a request has reached it. */
public final class ReachedServlet extends HttpServlet {

  static final String TEXT = "the MCP server was reached";

  private static final long serialVersionUID = 1L;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.getWriter().print(TEXT);
  }
}
