package dev.gatehouse.internal.http;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;

/**
 * Opens a tunnel through a forward proxy (RFC 9110 §9.3.6):
 *
 * <pre>
 * CONNECT as.example:443 HTTP/1.1
 * Host: as.example:443
 * Proxy-Authorization: Basic …
 *
 * HTTP/1.1 200 Connection established
 * </pre>
 */
final class ProxyTunnel {

  /** RFC 9110 §15.2: any number may come; no proxy needs more. */
  private static final int MAX_INTERIM_RESPONSES = 10;

  private final Socket socket;
  private final ForwardProxy proxy;

  /** A tunnel that is not open yet, on a connection to the proxy. */
  ProxyTunnel(Socket socket, ForwardProxy proxy) {
    this.socket = socket;
    this.proxy = proxy;
  }

  /**
   * Opens the tunnel.
   *
   * @param target host and port, from a URI, so that they contain no line break
   * @throws ProxyException if the proxy does not open it
   */
  void open(String target, Http1Config limits) throws IOException, HttpException {
    ProxyCredentials credentials = proxy.currentCredentials();
    String request =
        "CONNECT %1$s HTTP/1.1\r\nHost: %1$s\r\n".formatted(target)
            + (credentials == null
                ? ""
                : ForwardProxy.AUTHORIZATION + ": " + credentials.header() + "\r\n")
            + "\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    int status = status(limits);
    if (status < 200 || status > 299) {
      throw proxy.refusal(status, credentials);
    }
  }

  /**
   * The status of the final response. Its head ends it: a body would be the server's first data.
   */
  private int status(Http1Config limits) throws IOException, HttpException {
    var received = new SessionInputBufferImpl(limits.getBufferSize(), limits.getMaxLineLength());
    for (int i = 0; i <= MAX_INTERIM_RESPONSES; i++) {
      ClassicHttpResponse head =
          new DefaultHttpResponseParser(limits).parse(received, socket.getInputStream());
      if (head == null) {
        throw ProxyException.temporary(
            "the proxy " + proxy + " closed the connection without a response", null);
      }
      int status = head.getCode();
      if (status >= 200 && status <= 299 && received.hasBufferedData()) {
        // A TLS server speaks second, so this is not from the server; TLS would not get it, either.
        throw ProxyException.temporary("the proxy " + proxy + " sent data before the server", null);
      }
      if (status >= 200) {
        return status;
      }
    }
    throw ProxyException.temporary("the proxy " + proxy + " sent no final response", null);
  }
}
