package dev.gatehouse;

import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Servlet containers with the numbers of threads that they, or their users, choose. */
enum Container {
  /** As many threads as GlassFish has. */
  UNDERTOW_5(5),
  /** The threads of Undertow and WildFly on two cores. */
  UNDERTOW_16(16),
  TOMCAT_32(32),
  TOMCAT_200(200),
  TOMCAT_VIRTUAL(Integer.MAX_VALUE),
  /** The threads of the demo. */
  JETTY_64(64),
  JETTY_VIRTUAL(Integer.MAX_VALUE);

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

  /** As many as one likes if they are virtual. */
  final int threads;

  Container(int threads) {
    this.threads = threads;
  }

  /** Whether the JDK has virtual threads, if the container needs them. */
  boolean isAvailable() {
    return !isVirtual() || Runtime.version().feature() >= 21;
  }

  private boolean isVirtual() {
    return threads == Integer.MAX_VALUE;
  }

  /**
   * Starts the container on a free port.
   *
   * @param directory for the container's files
   */
  Running start(HttpServlet servlet, McpAuthFilter filter, Path directory) throws Exception {
    return switch (this) {
      case UNDERTOW_5, UNDERTOW_16 -> undertow(servlet, filter);
      case TOMCAT_32, TOMCAT_200, TOMCAT_VIRTUAL -> tomcat(servlet, filter, directory);
      case JETTY_64, JETTY_VIRTUAL -> jetty(servlet, filter);
    };
  }

  /**
   * Starts the container on a free port, with an application that registers everything itself.
   *
   * @param directory for the container's files
   */
  Running start(Path directory, Consumer<ServletContext> registration) throws Exception {
    ServletContainerInitializer initializer = (classes, context) -> registration.accept(context);
    return switch (this) {
      case UNDERTOW_5, UNDERTOW_16 -> {
        UndertowServer server =
            new UndertowServer(
                Servlets.deployment()
                    .addServletContainerInitializer(
                        new ServletContainerInitializerInfo(
                            initializer.getClass(),
                            new ImmediateInstanceFactory<>(initializer),
                            Set.of())),
                threads);
        yield new Running(server.port(), server::close);
      }
      case TOMCAT_32, TOMCAT_200, TOMCAT_VIRTUAL -> tomcat(initializer, directory);
      case JETTY_64, JETTY_VIRTUAL -> {
        ProtectedServer server = new ProtectedServer("/", origin -> registration);
        yield new Running(server.port(), server::close);
      }
    };
  }

  private Running undertow(HttpServlet servlet, McpAuthFilter filter) throws Exception {
    DeploymentInfo application =
        Servlets.deployment()
            .addServlet(
                Servlets.servlet(
                        "mcp", servlet.getClass(), new ImmediateInstanceFactory<Servlet>(servlet))
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

  private Running tomcat(HttpServlet servlet, McpAuthFilter filter, Path directory)
      throws Exception {
    return tomcat(
        (classes, context) -> {
          ProtectedServer.addServlet(context, "mcp", servlet, "/mcp");
          // Otherwise Tomcat runs no filter for the metadata.
          ProtectedServer.addServlet(context, "default", new DefaultServlet(), "/");
          ProtectedServer.addFilter(context, "gatehouse", filter, "mcp");
        },
        directory);
  }

  private Running tomcat(ServletContainerInitializer initializer, Path directory) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    if (isVirtual()) {
      tomcat.getConnector().setProperty("useVirtualThreads", "true");
    } else {
      tomcat.getConnector().setProperty("maxThreads", Integer.toString(threads));
    }
    tomcat.addContext("", null).addServletContainerInitializer(initializer, Set.of());
    tomcat.start();
    return new Running(
        tomcat.getConnector().getLocalPort(),
        () -> {
          tomcat.stop();
          tomcat.destroy();
        });
  }

  private Running jetty(HttpServlet servlet, McpAuthFilter filter) throws Exception {
    QueuedThreadPool pool = new QueuedThreadPool();
    if (isVirtual()) {
      pool.setVirtualThreadsExecutor(VirtualThreads.getDefaultVirtualThreadsExecutor());
    } else {
      pool.setMaxThreads(threads);
    }
    ProtectedServer server = ProtectedServer.guarding(servlet, filter, pool);
    return new Running(server.port(), server::close);
  }
}
