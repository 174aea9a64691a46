package dev.gatehouse;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.io.CloseMode;
import org.jspecify.annotations.Nullable;

/**
 * A connection that logs nothing. The library's own writes all that it sends and receives to the
 * log at level DEBUG, tokens and secrets included.
 */
final class Http1Connection extends DefaultBHttpClientConnection
    implements ManagedHttpClientConnection {

  private volatile boolean closed;

  Http1Connection(Http1Config config) {
    super(config);
  }

  /** Refuses the socket if it comes too late, after the exchange has been cancelled. */
  @Override
  protected void bind(SocketHolder socket) throws IOException {
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

  @Override
  public void passivate() {}
}
