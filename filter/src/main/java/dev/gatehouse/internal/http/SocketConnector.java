package dev.gatehouse.internal.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ConnectExceptionSupport;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to the authorization server, with TLS for {@code https}, directly or through a
 * forward proxy. Apache's own operator needs the JDK module {@code jdk.net}, which is not visible
 * to applications on WildFly. This class is thread-safe.
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
    ForwardProxy proxy = proxyFor(host);
    if (proxy == null) {
      open(connection, host);
    } else {
      open(connection, proxy, host);
    }
    if (isSecure(host)) {
      upgrade(connection, host, context);
    }
  }

  private @Nullable ForwardProxy proxyFor(HttpHost host) throws ProxyException {
    ForwardProxy.Choice choice = settings.proxy();
    return choice == null
        ? null
        : choice.proxyFor(URI.create(host.getSchemeName() + "://" + authority(host)));
  }

  /** Connects to the proxy, which resolves the name of the server. */
  private void open(ManagedHttpClientConnection connection, ForwardProxy proxy, HttpHost server)
      throws IOException {
    try {
      open(connection, new HttpHost("http", proxy.host(), proxy.port()));
    } catch (SocketTimeoutException e) {
      throw timeout("the proxy " + proxy + " can't be reached within ", e);
    } catch (IOException e) {
      throw proxy.failure("can't be reached", e);
    }
    if (isSecure(server)) {
      openTunnel(connection.getSocket(), proxy, authority(server));
    } else {
      ((Http1Connection) connection).sendThrough(proxy);
    }
  }

  /** Waits for the proxy's response as long as for a connection: it connects meanwhile. */
  private void openTunnel(Socket socket, ForwardProxy proxy, String server) throws IOException {
    try {
      socket.setSoTimeout(millis(settings.connectTimeout()));
      new ProxyTunnel(socket, proxy).open(server, Http1Client.HEAD_LIMITS);
      socket.setSoTimeout(millis(settings.requestTimeout()));
    } catch (ProxyException e) {
      throw e;
    } catch (SocketTimeoutException e) {
      throw timeout("the proxy " + proxy + " did not connect to the server within ", e);
    } catch (IOException e) {
      throw proxy.failure("failed", e);
    } catch (HttpException e) { // its message repeats what the proxy sent
      throw ProxyException.temporary("the proxy " + proxy + " sent an invalid response", e);
    }
  }

  private SocketTimeoutException timeout(String what, SocketTimeoutException cause) {
    SocketTimeoutException exception = new SocketTimeoutException(what + settings.connectTimeout());
    exception.initCause(cause);
    return exception;
  }

  private void open(ManagedHttpClientConnection connection, HttpHost host) throws IOException {
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
  }

  private void open(ManagedHttpClientConnection connection, InetSocketAddress address)
      throws IOException {
    // With the setting, the choice is made; without it, the JVM may have a SOCKS proxy for sockets.
    Socket socket = settings.proxy() == null ? new Socket() : new Socket(Proxy.NO_PROXY);
    connection.bind(socket); // before connecting, so that a deadline can close the socket
    try {
      socket.setSoTimeout(millis(settings.requestTimeout()));
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.connect(address, millis(settings.connectTimeout()));
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

  private static int millis(Duration duration) {
    return (int) duration.toMillis();
  }

  private static String authority(HttpHost host) {
    return ForwardProxy.authority(host.getHostName(), port(host));
  }

  private static int port(HttpHost host) {
    return host.getPort() > 0 ? host.getPort() : isSecure(host) ? 443 : 80;
  }
}
