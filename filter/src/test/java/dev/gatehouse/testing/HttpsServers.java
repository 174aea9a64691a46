package dev.gatehouse.testing;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** Creates the JDK's HTTPS servers, for tests that inspect certificates. */
public final class HttpsServers {

  private HttpsServers() {}

  /** A server that is not started and has no keys yet; port 0 means any free port. */
  public static HttpsServer create(int port) {
    FakeAuthorizationServer.sendWithoutDelay();
    return Ports.bind(port, address -> HttpsServer.create(address, 0));
  }

  public static HttpsConfigurator configurator(
      SSLContext context, boolean demandClientCertificate) {
    return new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters tls = context.getDefaultSSLParameters();
        tls.setNeedClientAuth(demandClientCertificate);
        parameters.setSSLParameters(tls);
      }
    };
  }
}
