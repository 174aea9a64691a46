package dev.gatehouse.internal.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ConnectExceptionSupport;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;

/**
 * Opens connections to the authorization server, with TLS for {@code https}. Apache's own operator
 * needs the JDK module {@code jdk.net}, which is not visible to applications on WildFly. This class
 * is thread-safe.
 */
final class SocketConnector implements HttpClientConnectionOperator {

  private final SSLContext tls;
  private final HttpSettings settings;

  SocketConnector(SSLContext tls, HttpSettings settings) {
    this.tls = tls;
    this.settings = settings;
  }

  @Override
  public void connect(
      ManagedHttpClientConnection connection,
      HttpHost host,
      InetSocketAddress localAddress,
      TimeValue connectTimeout,
      SocketConfig unused,
      HttpContext context)
      throws IOException {
    InetAddress[] addresses = InetAddress.getAllByName(host.getHostName());
    for (int i = 0; i < addresses.length; i++) {
      try {
        open(connection, new InetSocketAddress(addresses[i], port(host)));
        break;
      } catch (IOException e) {
        if (i == addresses.length - 1) {
          throw ConnectExceptionSupport.enhance(e, host, addresses);
        }
      }
    }
    if (isSecure(host)) {
      upgrade(connection, host, context);
    }
  }

  private void open(ManagedHttpClientConnection connection, InetSocketAddress address)
      throws IOException {
    Socket socket = new Socket();
    connection.bind(socket); // before connecting, so that a deadline can close the socket
    try {
      socket.setSoTimeout((int) settings.requestTimeout().toMillis());
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.connect(address, (int) settings.connectTimeout().toMillis());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public void upgrade(ManagedHttpClientConnection connection, HttpHost host, HttpContext context)
      throws IOException {
    Socket plain = connection.getSocket();
    SSLSocket secured =
        (SSLSocket)
            tls.getSocketFactory()
                .createSocket(plain, host.getHostName(), port(host), /* autoClose= */ true);
    connection.bind(secured);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 9110 §4.3.4
    // RFC 7301 §3.2: a server that prefers h2 chooses HTTP/1.1 only if that alone is offered.
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    secured.setSSLParameters(parameters);
    secured.startHandshake();
  }

  private static boolean isSecure(HttpHost host) {
    return URIScheme.HTTPS.same(host.getSchemeName());
  }

  private static int port(HttpHost host) {
    return host.getPort() > 0 ? host.getPort() : isSecure(host) ? 443 : 80;
  }
}
