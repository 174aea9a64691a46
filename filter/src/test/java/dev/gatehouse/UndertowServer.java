package dev.gatehouse;

import dev.gatehouse.testing.Await;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Undertow on a free port: the servlet container of WildFly. It initializes a filter only at the
 * first request, and runs all requests on few threads.
 */
final class UndertowServer implements AutoCloseable {

  static {
    // Otherwise its worker does not count its busy threads.
    System.setProperty("jboss.threads.eqe.statistics.active-count", "true");
  }

  private final DeploymentManager application;
  private final Undertow server;

  /**
   * Starts the server.
   *
   * @param threads how many requests it handles at once
   */
  UndertowServer(DeploymentInfo deployment, int threads) throws ServletException {
    deployment
        .setClassLoader(UndertowServer.class.getClassLoader())
        .setContextPath("/")
        .setDeploymentName("test");
    application = Servlets.newContainer().addDeployment(deployment);
    application.deploy();
    server =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setIoThreads(1)
            .setWorkerThreads(threads)
            .setHandler(application.start())
            .build();
    server.start();
  }

  int port() {
    return ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  @Override
  public void close() throws ServletException {
    awaitRequests();
    awaitAccepting();
    awaitRequests(); // of connections that were accepted last
    server.stop();
    application.stop();
    application.undeploy();
  }

  /** Undertow logs an error if a request goes on in another thread when the server stops. */
  private void awaitRequests() {
    Await.until(
        "no request under way",
        () -> server.getWorker().getMXBean().getBusyWorkerThreadCount() == 0);
  }

  /** XNIO logs an error if it still tries to accept a connection when the server stops. */
  private void awaitAccepting() {
    AtomicBoolean idle = new AtomicBoolean();
    server.getWorker().getIoThread().execute(() -> idle.set(true)); // it has one such thread
    Await.until("all connections accepted", idle::get);
  }
}
