package dev.gatehouse.demo;

import java.time.InstantSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;

/** The demo's authorization server in a separate Jetty, which can be stopped and restarted. */
final class StandaloneAuthorizationServer implements AutoCloseable {

  private final EmbeddedAuthorizationServer authorizationServer;
  private final String issuer;
  private final int port;
  private Server jetty;

  StandaloneAuthorizationServer(String resource) throws Exception {
    jetty = new Server();
    var connector = new ServerConnector(jetty);
    connector.setHost("127.0.0.1");
    connector.open();
    jetty.addConnector(connector);
    port = connector.getLocalPort();
    issuer = "http://127.0.0.1:" + port;
    authorizationServer =
        new EmbeddedAuthorizationServer(
            issuer, resource, false, AuthorizationData.inMemory(), InstantSource.system());
    start();
  }

  String issuer() {
    return issuer;
  }

  void stop() throws Exception {
    jetty.stop();
  }

  /** Restarts on the same port, with the tokens that it had. */
  void startAgain() throws Exception {
    jetty = new Server();
    var connector = new ServerConnector(jetty);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    jetty.addConnector(connector);
    start();
  }

  private void start() throws Exception {
    var context = new ServletContextHandler("/");
    context.addServletContainerInitializer(
        (classes, servletContext) -> authorizationServer.register(servletContext));
    jetty.setHandler(context);
    jetty.start();
  }

  @Override
  public void close() {
    LifeCycle.stop(jetty);
  }
}
