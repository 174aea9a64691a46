package dev.gatehouse.bench;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with a servlet behind one variant, in a separate process. */
final class ServerUnderTest {

  static final String VIRTUAL = "virtual";
  static final String PLATFORM = "platform";

  private ServerUnderTest() {}

  /** Arguments: the variant, the port of the stub and the kind of threads. */
  public static void main(String[] args) throws Exception {
    Variant variant = Variant.valueOf(args[0]);
    int stubPort = Integer.parseInt(args[1]);
    Server jetty = new Server(threads(args[2].equals(VIRTUAL)));
    HttpConfiguration http = new HttpConfiguration();
    http.setHeaderCacheCaseSensitive(true); // as the guide of Gatehouse recommends
    ServerConnector connector = new ServerConnector(jetty, 1, 1, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(4096);
    jetty.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder("mcp", new JsonServlet()), "/mcp");
    handler.addServletContainerInitializer(
        (classes, context) -> variant.register(context, "mcp", stubPort));
    jetty.setHandler(handler);
    jetty.start();
    Child.awaitEnd(connector.getLocalPort());
  }

  /** The default pool of Jetty, which keeps platform threads for accepting and selecting. */
  private static QueuedThreadPool threads(boolean virtual) {
    QueuedThreadPool threads = new QueuedThreadPool();
    if (virtual) {
      if (!VirtualThreads.areSupported()) {
        throw new IllegalStateException("this JDK has no virtual threads");
      }
      threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    }
    return threads;
  }
}
