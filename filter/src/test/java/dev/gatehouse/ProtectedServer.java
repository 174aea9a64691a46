package dev.gatehouse;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A real Jetty on a real port with a servlet to protect. */
public final class ProtectedServer implements AutoCloseable {

  static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1) // no upgrade to HTTP/2, which Tomcat offers
          .build();

  /** Ends a test whose server hangs; every response should arrive far sooner. */
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Server server;
  private final ServerConnector connector;
  private final String contextPath;

  /**
   * Starts the server.
   *
   * @param contextPath of the application; "/" for the root
   * @param setUp registers servlets and filters; is given the server's origin first
   */
  ProtectedServer(String contextPath, Function<String, Consumer<ServletContext>> setUp)
      throws Exception {
    this(contextPath, setUp, new QueuedThreadPool());
  }

  private ProtectedServer(
      String contextPath,
      Function<String, Consumer<ServletContext>> setUp,
      QueuedThreadPool threads)
      throws Exception {
    this.server = new Server(threads);
    this.connector = new ServerConnector(server, 1, 1);
    this.contextPath = contextPath.equals("/") ? "" : contextPath;
    connector.setHost("127.0.0.1");
    HttpConfiguration http =
        connector.getConnectionFactory(HttpConnectionFactory.class).getHttpConfiguration();
    http.setRequestHeaderSize(64 * 1024);
    http.setHeaderCacheCaseSensitive(true); // else abC is read as a cached Abc
    server.addConnector(connector);
    connector.open();
    ServletContextHandler handler = new ServletContextHandler(contextPath);
    Consumer<ServletContext> registration = setUp.apply(origin());
    handler.addServletContainerInitializer((classes, context) -> registration.accept(context));
    server.setHandler(handler);
    server.start();
  }

  /** One servlet at {@code /mcp}, guarded by {@link McpAuthFilter#register}. */
  static ProtectedServer guarding(HttpServlet servlet, Function<String, Settings> settings)
      throws Exception {
    return new ProtectedServer(
        "/",
        origin ->
            context -> {
              addServlet(context, "mcp", servlet, "/mcp");
              McpAuthFilter.register(context, "mcp", settings.apply(origin));
            });
  }

  /** One servlet at {@code /mcp}, guarded by a filter with a clock that the test sets. */
  static ProtectedServer guarding(
      HttpServlet servlet, InstantSource clock, Function<String, Settings> settings)
      throws Exception {
    return new ProtectedServer(
        "/",
        origin ->
            context -> {
              addServlet(context, "mcp", servlet, "/mcp");
              addFilter(
                  context, "gatehouse", new McpAuthFilter(settings.apply(origin), clock), "mcp");
            });
  }

  /** One servlet at {@code /mcp}, guarded by this filter. */
  static ProtectedServer guarding(HttpServlet servlet, Filter filter) throws Exception {
    return guarding(servlet, filter, new QueuedThreadPool());
  }

  /** One servlet at {@code /mcp}, guarded by this filter, on this thread pool. */
  static ProtectedServer guarding(HttpServlet servlet, Filter filter, QueuedThreadPool threads)
      throws Exception {
    return new ProtectedServer(
        "/",
        origin ->
            context -> {
              addServlet(context, "mcp", servlet, "/mcp");
              addFilter(context, "gatehouse", filter, "mcp");
            },
        threads);
  }

  /** Registers a filter as {@link McpAuthFilter#register} does. */
  static void addFilter(ServletContext context, String name, Filter filter, String servletName) {
    var registration = context.addFilter(name, filter);
    registration.setAsyncSupported(true);
    registration.addMappingForServletNames(EnumSet.allOf(DispatcherType.class), false, servletName);
    registration.addMappingForUrlPatterns(
        EnumSet.of(DispatcherType.REQUEST), false, "/.well-known/*");
  }

  static void addServlet(
      ServletContext context, String name, HttpServlet servlet, String... mappings) {
    var registration = context.addServlet(name, servlet);
    registration.addMapping(mappings);
    registration.setAsyncSupported(true);
  }

  String origin() {
    return "http://127.0.0.1:" + connector.getLocalPort();
  }

  int port() {
    return connector.getLocalPort();
  }

  String mcp() {
    return origin() + contextPath + "/mcp";
  }

  HttpResponse<String> get(String pathOrUri, String... headers) throws IOException {
    return send("GET", pathOrUri, headers);
  }

  /** The status of a request with this token. */
  int status(String token) throws IOException {
    return get("/mcp", "Authorization", "Bearer " + token).statusCode();
  }

  HttpResponse<String> send(String method, String pathOrUri, String... headers) throws IOException {
    URI uri = URI.create(pathOrUri.startsWith("/") ? origin() + pathOrUri : pathOrUri);
    var request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
