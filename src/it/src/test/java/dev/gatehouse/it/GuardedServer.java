package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.gatehouse.GatehouseMetrics;
import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.Settings;
import dev.gatehouse.SettingsBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationTextPublisher;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Jetty with a trivial servlet that the filter protects. {@link GuardedProcess} starts it in a
 * separate process, which gets tokens only in requests and secrets only in files.
 */
final class GuardedServer {
  private static final SimpleMeterRegistry METERS = new SimpleMeterRegistry();

  private GuardedServer() {}

  /**
   * Runs until standard input ends.
   *
   * @param args the file with the filter's settings
   */
  public static void main(String[] args) throws Exception {
    Settings settings = settings(Path.of(args[0]));
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty, 1, 1);
    connector.setHost("127.0.0.1");
    // Threads may keep a closed connection reachable for a while, with its cached header lines.
    connector
        .getConnectionFactory(HttpConnectionFactory.class)
        .getHttpConfiguration()
        .setHeaderCacheSize(0);
    jetty.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder("mcp", new Greeting()), "/mcp");
    handler.addServletContainerInitializer(
        (classes, context) -> observe(McpAuthFilter.register(context, "mcp", settings)));
    jetty.setHandler(handler);
    jetty.start();
    System.out.println(GuardedProcess.READY + connector.getLocalPort());
    execute(new BufferedReader(new InputStreamReader(System.in, UTF_8)), connector);
    jetty.stop();
  }

  /** Binds the meters to a registry and logs the observations. */
  private static void observe(McpAuthFilter filter) {
    GatehouseMetrics metrics = new GatehouseMetrics(filter);
    metrics.bindTo(METERS);
    ObservationRegistry observations = ObservationRegistry.create();
    observations.observationConfig().observationHandler(new ObservationTextPublisher());
    metrics.observe(observations);
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

  /** Executes commands of two lines, what to write and the file, until the input ends. */
  private static void execute(BufferedReader lines, ServerConnector connector) throws Exception {
    for (String what = lines.readLine(); what != null; what = lines.readLine()) {
      String file = lines.readLine();
      if (what.equals(GuardedProcess.HEAP)) {
        awaitNoConnection(connector);
        System.gc();
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
            .dumpHeap(file, /* live= */ true);
      } else {
        Files.writeString(Path.of(file), METERS.getMetersAsString() + '\n' + beans());
      }
      System.out.println(GuardedProcess.WRITTEN);
    }
  }

  /** Waits until all connections are closed, because Jetty keeps buffers for each open one. */
  private static void awaitNoConnection(ServerConnector connector) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!connector.getConnectedEndPoints().isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("still open: " + connector.getConnectedEndPoints());
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** The JMX attributes of the filter. */
  private static String beans() throws JMException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    StringBuilder text = new StringBuilder();
    for (ObjectName name : server.queryNames(new ObjectName("dev.gatehouse:*"), null)) {
      text.append(name).append('\n');
      for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
        text.append(attribute)
            .append(" = ")
            .append(server.getAttribute(name, attribute.getName()))
            .append('\n');
      }
    }
    return text.toString();
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
