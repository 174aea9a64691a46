package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.Settings;
import dev.gatehouse.SettingsBuilder;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Jetty with the filter before a trivial servlet, in a process of its own: {@link GuardedProcess}
 * starts it. Knows nothing of the tokens that will come, and of secrets only which files they are
 * in.
 */
final class GuardedServer {
  private GuardedServer() {}

  /** The argument: a file with the filter's settings. */
  public static void main(String[] args) throws Exception {
    Settings settings = settings(Path.of(args[0]));
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty, 1, 1);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder("mcp", new Greeting()), "/mcp");
    handler.addServletContainerInitializer(
        (classes, context) -> McpAuthFilter.register(context, "mcp", settings));
    jetty.setHandler(handler);
    jetty.start();
    System.out.println(GuardedProcess.READY + connector.getLocalPort());
    obey();
    jetty.stop();
  }

  private static Settings settings(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    SettingsBuilder settings = Settings.builder();
    properties.stringPropertyNames().forEach(n -> settings.set(n, properties.getProperty(n)));
    return settings.build();
  }

  /** Each line names a file for a heap dump of what is alive; ends with standard input. */
  private static void obey() throws IOException {
    var diagnostics = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    var lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.gc();
      diagnostics.dumpHeap(line, /* live= */ true);
      System.out.println(GuardedProcess.DUMPED);
    }
  }

  private static final class Greeting extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.getWriter().print("hello");
    }
  }
}
