package dev.gatehouse;

import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Servlet containers with the numbers of threads that they, or their users, choose. */
enum Container {
  /** As many threads as GlassFish has. */
  UNDERTOW_5(5),
  /** The threads of Undertow and WildFly on two cores. */
  UNDERTOW_16(16),
  TOMCAT_32(32),
  TOMCAT_200(200),
  /** The threads of the demo. */
  JETTY_64(64);

  /** Stops a server. */
  interface Stop {
    void stop() throws Exception;
  }

  /** A running container with the filter at {@code /mcp}. */
  record Running(int port, Stop server) implements Closeable {

    @Override
    public void close() throws IOException {
      try {
        server.stop();
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
  }

  final int threads;

  Container(int threads) {
    this.threads = threads;
  }

  /**
   * Starts the container on a free port.
   *
   * @param directory for the container's files
   */
  Running start(CallerServlet servlet, McpAuthFilter filter, Path directory) throws Exception {
    return switch (this) {
      case UNDERTOW_5, UNDERTOW_16 -> undertow(servlet, filter);
      case TOMCAT_32, TOMCAT_200 -> tomcat(servlet, filter, directory);
      case JETTY_64 -> jetty(servlet, filter);
    };
  }

  private Running undertow(CallerServlet servlet, McpAuthFilter filter) throws Exception {
    DeploymentInfo application =
        Servlets.deployment()
            .addServlet(
                Servlets.servlet(
                        "mcp", CallerServlet.class, new ImmediateInstanceFactory<Servlet>(servlet))
                    .addMapping("/mcp")
                    .setAsyncSupported(true))
            .addFilter(
                new FilterInfo(
                        "gatehouse",
                        McpAuthFilter.class,
                        new ImmediateInstanceFactory<Filter>(filter))
                    .setAsyncSupported(true));
    for (DispatcherType type : DispatcherType.values()) {
      application.addFilterServletNameMapping("gatehouse", "mcp", type);
    }
    application.addFilterUrlMapping("gatehouse", "/.well-known/*", DispatcherType.REQUEST);
    UndertowServer server = new UndertowServer(application, threads);
    return new Running(server.port(), server::close);
  }

  private Running tomcat(CallerServlet servlet, McpAuthFilter filter, Path directory)
      throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.getConnector().setProperty("maxThreads", Integer.toString(threads));
    Context application = tomcat.addContext("", null);
    application.addServletContainerInitializer(
        (classes, context) -> {
          ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
          // Otherwise Tomcat runs no filter for the metadata.
          ProtectedServer.addServlet(context, "default", new DefaultServlet(), "/");
          ProtectedServer.addFilter(context, "gatehouse", filter, "mcp");
        },
        Set.of());
    tomcat.start();
    return new Running(
        tomcat.getConnector().getLocalPort(),
        () -> {
          tomcat.stop();
          tomcat.destroy();
        });
  }

  private Running jetty(CallerServlet servlet, McpAuthFilter filter) throws Exception {
    ProtectedServer server =
        ProtectedServer.guarding(servlet, filter, new QueuedThreadPool(threads));
    return new Running(server.port(), server::close);
  }
}
