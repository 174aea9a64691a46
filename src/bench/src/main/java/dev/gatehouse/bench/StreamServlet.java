package dev.gatehouse.bench;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Opens an event stream for each GET and keeps it; responds to pings. */
final class StreamServlet extends HttpServlet {

  /** What the servlet writes on each stream, after which it is open. */
  static final String COMMENT = ": opened by the servlet\n\n";

  /** The response to a ping. */
  static final String RESPONSE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";

  private static final long serialVersionUID = 1L;

  private final transient Set<AsyncContext> open = ConcurrentHashMap.newKeySet();

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    AsyncContext async = request.startAsync();
    async.setTimeout(0);
    open.add(async);
    async.addListener(new Removal(async));
    PrintWriter writer = response.getWriter();
    writer.write(COMMENT);
    writer.flush();
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    request.getInputStream().readAllBytes();
    response.setContentType("application/json");
    response.setContentLength(RESPONSE.length());
    response.getOutputStream().print(RESPONSE);
  }

  int countOpen() {
    return open.size();
  }

  /** Ends all streams from the side of the servlet. */
  void completeAll() {
    List.copyOf(open).forEach(AsyncContext::complete);
  }

  /** Forgets a stream that has ended, whoever ended it. */
  private final class Removal implements AsyncListener {

    private final AsyncContext async;

    Removal(AsyncContext async) {
      this.async = async;
    }

    @Override
    public void onComplete(AsyncEvent event) {
      open.remove(async);
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      open.remove(async);
    }

    @Override
    public void onError(AsyncEvent event) {
      open.remove(async);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
