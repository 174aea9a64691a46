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
import java.util.concurrent.Semaphore;

/**
 * Receives the bodies of requests within one deadline, without a thread that waits for bytes. The
 * filter that protects the endpoint blocks while it reads the body of an admitted request, so a
 * single caller with a token and many slow connections could otherwise take all threads.
 *
 * <p>It is in front of that filter, and does not know whether a token is valid. So the bodies that
 * it waits for take a limited amount of memory. Requests without a token pass at once: the filter
 * refuses them without reading the body.
 */
final class BodyReceiver implements Filter {

  /** For the whole body; any real client sends it at once. */
  static final Duration DEADLINE = Duration.ofSeconds(10);

  /** In bytes, of each body that has not arrived completely; most bodies are shorter. */
  static final int KEPT_OF_EACH = 8 << 10;

  /** Beyond that, of all bodies together: the heap must not depend on the number of callers. */
  static final int KEPT_OF_ALL = 4 << 20;

  private static final String ATTRIBUTE = BodyReceiver.class.getName();

  private final int longest;
  private final Duration deadline;
  private final Semaphore room;

  /**
   * Creates the filter.
   *
   * @param longest in bytes; longer bodies are passed on incomplete, but too long to be accepted
   * @param deadline for the whole body
   * @param room in bytes, for what all bodies take beyond {@link #KEPT_OF_EACH}
   */
  BodyReceiver(int longest, Duration deadline, int room) {
    this.longest = longest;
    this.room = new Semaphore(room);
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
    } else if (!awaitsBody(http) || http.getContentLengthLong() > longest) {
      chain.doFilter(request, response);
    } else {
      receive(http, httpResponse, chain);
    }
  }

  /** The bytes that bodies may still take. */
  int freeRoom() {
    return room.availablePermits();
  }

  private void receive(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    IncomingBody body = new IncomingBody(request, longest, room);
    if (body.readAvailable() || !body.reserve()) {
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
    body.release(); // from here on, the threads limit the number of bodies
    if (body.status() == HttpServletResponse.SC_OK) {
      chain.doFilter(new ReceivedRequest(request, body.content()), response);
    } else {
      response.setHeader("Connection", "close"); // the rest of the body may still arrive
      if (body.status() == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
        response.setHeader("Retry-After", "5");
      }
      response.sendError(body.status());
    }
  }

  /** RFC 9112 §6.3: a request without length and coding has no body. */
  private static boolean awaitsBody(HttpServletRequest request) {
    boolean announced =
        request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    return announced && request.getHeader("Authorization") != null;
  }
}
