package dev.gatehouse.demo;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.SelfTestReport;
import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running demo: Jetty, the MCP endpoint behind the filter, the notebook, and the embedded
 * authorization server unless the environment names another.
 */
final class DemoServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DemoServer.class);

  /** In bytes, enough for a long access token. Larger headers get 431. */
  private static final int MAX_REQUEST_HEADERS = 32 << 10;

  /** In bytes per second, for the bodies of requests. Slower ones are aborted. */
  private static final long MIN_REQUEST_DATA_RATE = 50;

  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration IDLE_CONNECTION_AT_STOP = Duration.ofMillis(100);

  private final Server jetty;
  private final ListenAddress address;
  private final Protection protection;
  private final Notebook notebook;
  private final Optional<EmbeddedAuthorizationServer> embedded;
  private final McpEndpoint endpoint;
  private final Meters meters = new Meters();
  private @Nullable McpAuthFilter filter;
  private final AtomicBoolean closed = new AtomicBoolean();

  private DemoServer(
      Server jetty,
      ListenAddress address,
      Protection protection,
      Notebook notebook,
      Optional<EmbeddedAuthorizationServer> embedded) {
    this.jetty = jetty;
    this.address = address;
    this.protection = protection;
    this.notebook = notebook;
    this.embedded = embedded;
    this.endpoint = new McpEndpoint(notebook);
  }

  /**
   * Starts the server. It accepts requests when this method returns.
   *
   * @throws IllegalArgumentException if an option or a setting is invalid; says what to write
   * @throws StartFailedException if the environment prevents it, for example a port in use
   */
  static DemoServer start(DemoOptions options) throws StartFailedException {
    return start(options, InstantSource.system());
  }

  /** For tests: with a clock for the embedded authorization server. */
  static DemoServer start(DemoOptions options, InstantSource clock) throws StartFailedException {
    ListenAddress wanted = ListenAddress.of(options.host(), options.port());
    Protection.requireLoopbackForEmbedded(wanted, options.environment());
    Server jetty = new Server(threads());
    ServerConnector connector = connector(jetty, wanted);
    // Bind first: every URL contains the port, which is known only now.
    ListenAddress address = wanted.withPort(bind(connector, wanted));
    try {
      Protection protection = Protection.of(address, options.jwt(), options.environment());
      Notebook notebook = DataDirectory.open(options.data());
      Optional<EmbeddedAuthorizationServer> embedded;
      try {
        embedded = embedded(address, protection, options, clock);
      } catch (IllegalArgumentException | StartFailedException e) {
        close(notebook);
        throw e;
      }
      var server = new DemoServer(jetty, address, protection, notebook, embedded);
      server.startJetty();
      return server;
    } catch (IllegalArgumentException | StartFailedException e) {
      connector.close();
      throw e;
    }
  }

  private static Optional<EmbeddedAuthorizationServer> embedded(
      ListenAddress address, Protection protection, DemoOptions options, InstantSource clock)
      throws StartFailedException {
    if (!protection.embedded()) {
      return Optional.empty();
    }
    AuthorizationData data = AuthorizationData.open(options.data(), options.environment());
    try {
      return Optional.of(
          new EmbeddedAuthorizationServer(
              address.origin(), protection.resource(), options.jwt(), data, clock));
    } catch (IllegalArgumentException e) {
      data.close();
      throw e;
    }
  }

  private static QueuedThreadPool threads() {
    var threads = new QueuedThreadPool(64, 8);
    threads.setName("http");
    if (VirtualThreads.areSupported()) {
      threads.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    }
    return threads;
  }

  // Its replacement, MinimumDataRateHandler, adds up the bytes of all requests.
  @SuppressWarnings("removal")
  private static ServerConnector connector(Server jetty, ListenAddress wanted) {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_REQUEST_HEADERS);
    http.setMinRequestDataRate(MIN_REQUEST_DATA_RATE);
    // Otherwise Jetty's header cache may return a token that differs only in case.
    http.setHeaderCacheCaseSensitive(true);
    var connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
    connector.setHost(wanted.address().getHostAddress());
    connector.setPort(wanted.port());
    connector.setShutdownIdleTimeout(IDLE_CONNECTION_AT_STOP.toMillis());
    jetty.addConnector(connector);
    return connector;
  }

  private static int bind(ServerConnector connector, ListenAddress wanted)
      throws StartFailedException {
    try {
      connector.open();
      return connector.getLocalPort();
    } catch (IOException e) {
      // Jetty's message only repeats the address; the operating system's message has the cause.
      Throwable cause = e.getCause() instanceof SocketException system ? system : e;
      throw new StartFailedException(
          "can't listen on "
              + wanted.origin()
              + ": "
              + cause.getMessage()
              + "; choose another port with --port, or a free one with --port 0",
          e);
    }
  }

  private void startJetty() throws StartFailedException {
    var context = new ServletContextHandler("/");
    context.addServletContainerInitializer(
        (classes, servletContext) -> {
          McpAuthFilter registered = endpoint.register(servletContext, protection.settings());
          meters.bind(registered);
          StatusServlet.register(
              servletContext, meters.registry(), new LocalAccess(address.host()));
          embedded.ifPresent(
              server -> {
                server.register(servletContext);
                server.evictOnRevocation(registered);
              });
          filter = registered;
        });
    context.addServlet(new NotFoundServlet(), "/");
    var errors = new JsonErrors();
    context.setErrorHandler(errors);
    jetty.setErrorHandler(errors);
    jetty.setHandler(context);
    jetty.setStopTimeout(STOP_TIMEOUT.toMillis());
    try {
      jetty.start();
    } catch (Exception e) { // as Jetty declares
      close();
      throw new StartFailedException("the server can't start: " + e.getMessage(), e);
    }
  }

  /** The address on which the server listens. */
  ListenAddress address() {
    return address;
  }

  /** The authorization server and the settings of the filter. */
  Protection protection() {
    return protection;
  }

  /** Runs the self-test of the filter. */
  SelfTestReport selfTest() {
    return requireNonNull(filter, "the context has started").selfTest();
  }

  /** Waits until the server has stopped. */
  void join() throws InterruptedException {
    jetty.join();
  }

  /**
   * Stops the server: first the event streams, which never end by themselves, then the filter's
   * self-test, and last the stores. Further calls have no effect.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    endpoint.close();
    if (filter != null) {
      // Jetty closes its port first, where a running self-test would find no authorization server.
      filter.destroy();
    }
    try {
      jetty.stop();
    } catch (TimeoutException e) {
      // A request arrived while its session was being closed; Jetty has aborted it.
      LOG.info("stopped before every request had its response");
    } catch (Exception e) { // as Jetty declares; the notes must still be closed
      LOG.warn("the server did not stop cleanly", e);
    }
    meters.close();
    embedded.ifPresent(EmbeddedAuthorizationServer::close);
    close(notebook);
  }

  private static void close(Notebook notebook) {
    try {
      notebook.close();
    } catch (SQLException e) {
      LOG.warn("the notes were not closed cleanly", e);
    }
  }
}
