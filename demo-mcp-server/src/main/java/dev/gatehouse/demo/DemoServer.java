package dev.gatehouse.demo;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.SelfTestReport;
import java.io.IOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.Duration;
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

  /** Room for a long access token; what is longer is answered 431. */
  private static final int MAX_REQUEST_HEADERS = 16 << 10;

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
   * Starts it; when this returns, it answers.
   *
   * @throws IllegalArgumentException if an option or a setting is wrong, saying what to write
   * @throws StartFailedException if something around it is in the way, a port in use for example
   */
  static DemoServer start(DemoOptions options) throws StartFailedException {
    ListenAddress wanted = ListenAddress.of(options.host(), options.port());
    Protection.requireLoopbackForEmbedded(wanted, options.environment());
    Server jetty = new Server(threads());
    ServerConnector connector = connector(jetty, wanted);
    // Bound before anything is built: only now is the port known, and with it every URL.
    ListenAddress address = wanted.withPort(bind(connector, wanted));
    try {
      Protection protection = Protection.of(address, options.environment());
      Notebook notebook = DataDirectory.open(options.data());
      Optional<EmbeddedAuthorizationServer> embedded;
      try {
        embedded = embedded(address, protection, options);
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
      ListenAddress address, Protection protection, DemoOptions options)
      throws StartFailedException {
    if (!protection.embedded()) {
      return Optional.empty();
    }
    AuthorizationData data = AuthorizationData.open(options.data(), options.environment());
    try {
      return Optional.of(
          new EmbeddedAuthorizationServer(address.origin(), protection.resource(), data));
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

  private static ServerConnector connector(Server jetty, ListenAddress wanted) {
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_REQUEST_HEADERS);
    http.setHeaderCacheCaseSensitive(
        true); // else a token is read as one that differs in case alone
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
      // Jetty's own message names the address again; the system's says what is wrong with it.
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
          McpAuthFilter guard = endpoint.register(servletContext, protection.settings());
          meters.watch(guard);
          StatusServlet.register(
              servletContext, meters.registry(), new ThisMachine(address.host()));
          embedded.ifPresent(
              server -> {
                server.register(servletContext);
                server.tellOfRevocations(guard);
              });
          filter = guard;
        });
    context.addServlet(new NothingHere(), "/");
    var errors = new JsonErrors();
    context.setErrorHandler(errors);
    jetty.setErrorHandler(errors);
    jetty.setHandler(context);
    jetty.setStopTimeout(STOP_TIMEOUT.toMillis());
    try {
      jetty.start();
    } catch (Exception e) { // what Jetty declares
      close();
      throw new StartFailedException("the server does not start: " + e.getMessage(), e);
    }
  }

  /** Where it listens. */
  ListenAddress address() {
    return address;
  }

  /** How it is guarded. */
  Protection protection() {
    return protection;
  }

  /** Tests how it is set up, now that it answers. */
  SelfTestReport selfTest() {
    return requireNonNull(filter, "the context has started").selfTest();
  }

  /** Waits until it has stopped. */
  void join() throws InterruptedException {
    jetty.join();
  }

  /**
   * Stops it: first the event streams, which would never end by themselves; what is kept last. Only
   * the first call does anything.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    endpoint.close();
    try {
      jetty.stop();
    } catch (TimeoutException e) {
      // A request that was only just arriving when its session was closed; Jetty has ended it.
      LOG.info("stopped, though not every request had been answered");
    } catch (Exception e) { // what Jetty declares; the notes must be closed all the same
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
