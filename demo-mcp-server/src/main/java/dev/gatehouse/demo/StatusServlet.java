package dev.gatehouse.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/**
 * Serves the meters to Prometheus, and a page with charts of them. Requires no token, but responds
 * 404 to requests from other machines.
 */
final class StatusServlet extends HttpServlet {

  static final String METRICS = "/metrics";
  static final String PAGE = "/status";

  private static final String DATA = PAGE + "/data";
  private static final long serialVersionUID = 1L;

  private static final Map<String, Content> FILES =
      Map.of(
          PAGE,
          Content.ofFile("status.html", "text/html; charset=utf-8"),
          PAGE + "/page.css",
          Content.ofFile("status.css", "text/css; charset=utf-8"),
          PAGE + "/page.js",
          Content.ofFile("status.js", "text/javascript; charset=utf-8"),
          PAGE + "/icon.svg",
          Content.ofFile("status.svg", "image/svg+xml"));

  /** The headers of every response; they allow the page to load from its own origin only. */
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
              + " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none';"
              + " require-trusted-types-for 'script'",
          "X-Frame-Options",
          "DENY",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cache-Control",
          "no-store");

  private final transient PrometheusMeterRegistry registry;
  private final transient LocalAccess access;
  private final transient ObjectMapper json = new ObjectMapper();

  private StatusServlet(PrometheusMeterRegistry registry, LocalAccess access) {
    this.registry = registry;
    this.access = access;
  }

  /** Registers the servlet for exactly its paths, and none below them. */
  static void register(
      ServletContext context, PrometheusMeterRegistry registry, LocalAccess access) {
    ServletRegistration.Dynamic registration =
        context.addServlet("status", new StatusServlet(registry, access));
    registration.addMapping(METRICS, DATA);
    registration.addMapping(FILES.keySet().toArray(String[]::new));
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!access.isLocal(request)) {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
      return;
    }
    Content content = content(request);
    HEADERS.forEach(response::setHeader);
    response.setContentType(content.type());
    response.setContentLength(content.bytes().length);
    response.getOutputStream().write(content.bytes());
  }

  private Content content(HttpServletRequest request) throws IOException {
    String path = request.getServletPath();
    if (path.equals(METRICS)) {
      return new Exposition(registry).in(request);
    }
    if (path.equals(DATA)) {
      return new Content("application/json", json.writeValueAsBytes(StatusData.of(registry)));
    }
    Content file = FILES.get(path);
    if (file == null) {
      throw new IllegalStateException("mapped path without a file: " + path);
    }
    return file;
  }
}
