package dev.gatehouse.bench;

import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.Settings;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty with the filter in a separate process, which reports its threads and its live heap. */
final class SoakServer {

  /** Short, so that valid tokens are introspected again and again. */
  static final Duration CACHE_TTL = Duration.ofSeconds(2);

  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(1);

  private SoakServer() {}

  /** Argument: the port of the authorization server. */
  public static void main(String[] args) throws Exception {
    Settings settings = settings(Integer.parseInt(args[0]));
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty, 1, 1);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder("mcp", new JsonServlet()), "/mcp");
    handler.addServlet(new ServletHolder("resources", new Resources()), "/resources");
    handler.addServletContainerInitializer(
        (classes, context) -> McpAuthFilter.register(context, "mcp", settings));
    jetty.setHandler(handler);
    jetty.start();
    Child.awaitEnd(connector.getLocalPort());
  }

  private static Settings settings(int authorizationServerPort) {
    return Settings.builder()
        .resource(StubResponses.RESOURCE)
        .issuer(StubResponses.ISSUER)
        .introspectionEndpoint("http://127.0.0.1:" + authorizationServerPort + "/introspect")
        .clientId("mcp-server")
        .clientSecret("mcp-server-secret")
        .requiredScopes("notes:read")
        .cacheTtl(CACHE_TTL)
        .cacheInactiveTtl(Duration.ofSeconds(1))
        .requestTimeout(REQUEST_TIMEOUT)
        .breakerWait(Duration.ofSeconds(1))
        .maxBadTokensPerMinute(0) // all requests come from one address
        .selfTest(false)
        .build();
  }

  /** Reports the number of threads, and the live heap after full collections. */
  private static final class Resources extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      for (int i = 0; i < 3; i++) {
        System.gc();
      }
      response
          .getWriter()
          .print(
              ManagementFactory.getThreadMXBean().getThreadCount()
                  + " "
                  + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
  }
}
