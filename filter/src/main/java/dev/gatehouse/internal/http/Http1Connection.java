package dev.gatehouse.internal.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.function.Supplier;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.http.impl.io.SessionOutputBufferImpl;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.io.SessionOutputBuffer;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * Keeps tokens and credentials secret: a connection that logs nothing and wipes its buffers after
 * each exchange. The library's own connection logs everything that it sends and receives at DEBUG,
 * including tokens, and keeps the latest exchange in its buffers while idle.
 *
 * <p>Keeps responses apart, too: what arrives without a request is never read as the response to
 * the next one, which may be about another token.
 */
final class Http1Connection extends DefaultBHttpClientConnection
    implements ManagedHttpClientConnection {

  /** As long as the output buffer. */
  private static final byte[] NOTHING = new byte[Http1Config.DEFAULT.getBufferSize()];

  private static final InputStream ZEROS =
      new InputStream() {
        @Override
        public int read() {
          return 0;
        }

        @Override
        public int read(byte[] into, int from, int length) {
          Arrays.fill(into, from, from + length, (byte) 0);
          return length;
        }
      };

  private volatile boolean closed;

  /** The output buffer, which the library does not expose; null before the first body. */
  private @Nullable SessionOutputBufferImpl sent;

  /** The input buffer; null until the body of the present response. */
  private @Nullable SessionInputBufferImpl received;

  /** Under TLS, what carries it. */
  private volatile @Nullable Socket plain;

  /** The proxy that gets the requests, in plain text; null if the server or a tunnel does. */
  private volatile @Nullable ForwardProxy proxy;

  /** What the latest request sent to the proxy. */
  private @Nullable ProxyCredentials proxyCredentials;

  Http1Connection(Http1Config config) {
    super(config);
  }

  /** Addresses all requests to a proxy at the other end, which forwards them to the server. */
  void sendThrough(ForwardProxy newProxy) {
    proxy = newProxy;
  }

  /** RFC 9112 §3.2.2: a request to a proxy names the whole URI. */
  @Override
  public void sendRequestHeader(ClassicHttpRequest request) throws HttpException, IOException {
    if (received != null && hasUnreadData(received)) {
      throw new ConnectionClosedException("a response without a request");
    }
    received = null;
    ForwardProxy via = proxy;
    if (via != null) {
      ((BasicHttpRequest) request).setAbsoluteRequestUri(true);
      ProxyCredentials credentials = via.currentCredentials();
      if (credentials != null) {
        request.setHeader(ForwardProxy.AUTHORIZATION, credentials.header());
      }
      proxyCredentials = credentials;
    }
    super.sendRequestHeader(request);
  }

  /** RFC 9110 §15.5.8: a 407 is from the proxy; the server has not got the request. */
  @Override
  public ClassicHttpResponse receiveResponseHeader() throws HttpException, IOException {
    ClassicHttpResponse head = super.receiveResponseHeader();
    ForwardProxy via = proxy;
    if (via != null && head.getCode() == 407) {
      throw via.refusal(407, proxyCredentials);
    }
    return head;
  }

  /**
   * Whether the connection may carry another exchange: not if the server has sent more than a
   * response (RFC 9112 §9.2). After a response without a body, there is no telling.
   */
  @Override
  public boolean isConsistent() {
    try {
      return super.isConsistent() && received != null && !hasUnreadData(received);
    } catch (IOException e) {
      return false;
    }
  }

  private boolean hasUnreadData(SessionInputBufferImpl buffer) throws IOException {
    Socket socket = getSocket();
    Socket carrier = plain;
    return buffer.hasBufferedData()
        || (socket != null && socket.getInputStream().available() > 0)
        || (carrier != null && carrier.getInputStream().available() > 0);
  }

  /** Closes the socket if the exchange was cancelled while connecting. */
  @Override
  protected void bind(SocketHolder socket) throws IOException {
    if (!(socket.getSocket() instanceof SSLSocket)) {
      plain = socket.getSocket();
    }
    if (!closed) {
      super.bind(socket);
    }
    if (closed) {
      socket.getBaseSocket().close();
      throw new InterruptedIOException("closed while connecting");
    }
  }

  @Override
  public @Nullable Socket getSocket() {
    SocketHolder socket = getSocketHolder();
    return socket == null ? null : socket.getSocket();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    super.close();
  }

  @Override
  public void close(CloseMode mode) {
    closed = true;
    super.close(mode);
  }

  @Override
  public void activate() {}

  /**
   * Overwrites both buffers, which contain the token and our credentials: the idle connection may
   * stay in memory for long.
   */
  @Override
  public void passivate() {
    try {
      if (sent != null) {
        sent.write(NOTHING, 0, sent.capacity(), OutputStream.nullOutputStream());
        sent.flush(OutputStream.nullOutputStream());
      }
      if (received != null && !received.hasBufferedData()) {
        received.fillBuffer(ZEROS);
        received.clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("wiping buffers does no I/O", e);
    }
  }

  @Override
  protected OutputStream createContentOutputStream(
      long length,
      SessionOutputBuffer buffer,
      OutputStream out,
      Supplier<List<? extends Header>> trailers) {
    sent = (SessionOutputBufferImpl) buffer;
    return super.createContentOutputStream(length, buffer, out, trailers);
  }

  @Override
  protected InputStream createContentInputStream(
      long length, SessionInputBuffer buffer, InputStream in) {
    received = (SessionInputBufferImpl) buffer;
    return super.createContentInputStream(length, buffer, in);
  }
}
