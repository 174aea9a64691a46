package dev.gatehouse.bench;

import dev.gatehouse.McpAuthFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Locale;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * Jetty with {@link StreamServlet} behind one variant, in a separate process.
 *
 * <pre>
 * GET /control?evict_all   does what {@link Command} says
 *                          17 17 5242880   threads now, their peak, live heap if requested
 * </pre>
 */
final class StreamServer {

  /** What the server does on request; it responds afterwards. */
  enum Command {
    /** Counts threads from now on. */
    RESET_PEAK,
    /** Measures the live heap, by full collections. */
    HEAP,
    /** Ends all streams as the servlet does. */
    COMPLETE,
    EVICT_ALL,
    EVICT_USER
  }

  /** A fixed number of threads, so that it says something if there are more. */
  private static final int THREADS = 16;

  /** So often that rechecks go on while streams end, and their threads exist in each run. */
  private static final Duration RECHECK = Duration.ofSeconds(2);

  private StreamServer() {}

  /** Arguments: the variant and the port of the stub. */
  public static void main(String[] args) throws Exception {
    Variant variant = Variant.valueOf(args[0]);
    int stubPort = Integer.parseInt(args[1]);
    QueuedThreadPool threads = new QueuedThreadPool(THREADS, THREADS);
    threads.setReservedThreads(0);
    Server jetty = new Server(threads);
    HttpConfiguration http = new HttpConfiguration();
    // For each connection, Jetty would keep 100 KB for the names of headers, and 32 KiB for output.
    http.setHeaderCacheSize(0);
    http.setOutputBufferSize(1024);
    ServerConnector connector = new ServerConnector(jetty, 1, 1, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(4096);
    connector.setIdleTimeout(Duration.ofHours(1).toMillis());
    jetty.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    StreamServlet streams = new StreamServlet();
    ServletHolder mcp = new ServletHolder("mcp", streams);
    mcp.setAsyncSupported(true);
    handler.addServlet(mcp, "/mcp");
    Control control = new Control(streams);
    handler.addServlet(new ServletHolder("control", control), "/control");
    handler.addServletContainerInitializer(
        (classes, context) -> {
          if (variant == Variant.GATEHOUSE) {
            control.filter =
                McpAuthFilter.register(context, "mcp", GatehouseSetup.settings(stubPort, RECHECK));
          }
        });
    jetty.setHandler(handler);
    jetty.start();
    Child.awaitEnd(connector.getLocalPort());
  }

  private static final class Control extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final transient StreamServlet streams;
    private transient volatile @Nullable McpAuthFilter filter;

    Control(StreamServlet streams) {
      this.streams = streams;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      Command command = Command.valueOf(request.getQueryString().toUpperCase(Locale.ROOT));
      long heap = -1;
      switch (command) {
        case RESET_PEAK -> threads.resetPeakThreadCount();
        case HEAP -> heap = HeapOfCache.liveBytes();
        case COMPLETE -> streams.completeAll();
        case EVICT_ALL -> filter().cache().evictAll();
        case EVICT_USER -> filter().cache().evictUser(StubResponses.user(1));
      }
      response
          .getWriter()
          .printf(
              Locale.ROOT,
              "%d %d %d %d",
              threads.getThreadCount(),
              threads.getPeakThreadCount(),
              heap,
              streams.countOpen());
    }

    private McpAuthFilter filter() {
      if (filter == null) {
        throw new IllegalStateException("this server has no filter");
      }
      return filter;
    }
  }
}
