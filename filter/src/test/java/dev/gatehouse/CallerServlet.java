package dev.gatehouse;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;

/** The protected servlet: prints the caller as {@link AuthInfo} and the servlet API report it. */
public final class CallerServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private final AtomicInteger calls = new AtomicInteger();

  int calls() {
    return calls.get();
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    calls.incrementAndGet();
    AuthInfo info = AuthInfo.from(request);
    response.setContentType("text/plain");
    response
        .getWriter()
        .print(
            "user=%s client=%s scopes=%s principal=%s remoteUser=%s authType=%s %s"
                .formatted(
                    info.userId().orElse("-"),
                    info.clientId().orElse("-"),
                    new TreeSet<>(info.scopes()),
                    request.getUserPrincipal().getName(),
                    request.getRemoteUser(),
                    request.getAuthType(),
                    info.caller()));
  }
}
