package dev.gatehouse.demo;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/**
 * Receives the bodies of admitted requests within one deadline, without a thread that waits for
 * bytes. The MCP SDK blocks while it reads a body, so a single caller with a token and many slow
 * connections could otherwise take all threads.
 */
final class BodyReceiver implements Filter {

  /** For the whole body; any real client sends it at once. */
  static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final String ATTRIBUTE = BodyReceiver.class.getName();

  private final int longest;
  private final Duration deadline;

  /**
   * Creates the filter.
   *
   * @param longest in bytes; longer bodies reach the servlet incomplete, but too long to be
   *     accepted
   * @param deadline for the whole body
   */
  BodyReceiver(int longest, Duration deadline) {
    this.longest = longest;
    this.deadline = deadline;
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest http)
        || !(response instanceof HttpServletResponse httpResponse)) {
      throw new ServletException("only HTTP is supported");
    }
    if (request.getAttribute(ATTRIBUTE) instanceof IncomingBody received) {
      handle(received, http, httpResponse, chain);
    } else if (!announcesBody(http) || http.getContentLengthLong() > longest) {
      chain.doFilter(request, response);
    } else {
      receive(http, httpResponse, chain);
    }
  }

  private void receive(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    IncomingBody body = new IncomingBody(request, longest);
    if (body.readAvailable()) {
      handle(body, request, response, chain);
      return;
    }
    request.setAttribute(ATTRIBUTE, body);
    AsyncContext async = request.startAsync();
    async.setTimeout(deadline.toMillis());
    body.await(async);
  }

  private static void handle(
      IncomingBody body,
      HttpServletRequest request,
      HttpServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    if (body.status() == HttpServletResponse.SC_OK) {
      chain.doFilter(new ReceivedRequest(request, body.content()), response);
    } else {
      response.setHeader("Connection", "close"); // the rest of the body may still arrive
      response.sendError(body.status());
    }
  }

  /** RFC 9112 §6.3: without either header a request has no body. */
  private static boolean announcesBody(HttpServletRequest request) {
    return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
  }
}
