package dev.gatehouse.testing;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** The JDK's servers over TLS, for tests that look at the certificates shown. */
public final class HttpsServers {

  private HttpsServers() {}

  /** Not started yet, and without its keys; 0 is any port. */
  public static HttpsServer create(int port) {
    FakeAuthorizationServer.sendWithoutDelay();
    return Ports.bind(port, address -> HttpsServer.create(address, 0));
  }

  public static HttpsConfigurator configurator(
      SSLContext context, boolean demandClientCertificate) {
    return new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters wanted = context.getDefaultSSLParameters();
        wanted.setNeedClientAuth(demandClientCertificate);
        parameters.setSSLParameters(wanted);
      }
    };
  }
}
