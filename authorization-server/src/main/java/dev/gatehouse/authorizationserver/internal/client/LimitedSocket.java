package dev.gatehouse.authorizationserver.internal.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;

/**
 * A connection from which only a limited number of bytes can be read, for TLS to run on. The JDK's
 * HTTP client keeps all trailers of a response (RFC 9112 §7.1.2), however many there are.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // the connected socket synchronizes
final class LimitedSocket extends Socket {
  /** For certificates, headers and a document. */
  static final int MOST = 256 * 1024;

  private final Socket connected;
  private int remaining = MOST;

  LimitedSocket(Socket connected) {
    this.connected = connected;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(connected.getInputStream()) {
      @Override
      public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? 0 : 1);
        return read;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(Math.max(0, read));
        return read;
      }
    };
  }

  private void count(int read) throws IOException {
    remaining -= read;
    if (remaining < 0) {
      throw new IOException("more than " + MOST + " bytes");
    }
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return connected.getOutputStream();
  }

  @Override
  public void close() throws IOException {
    connected.close();
  }

  @Override
  public boolean isConnected() {
    return connected.isConnected();
  }

  @Override
  public boolean isBound() {
    return connected.isBound();
  }

  @Override
  public boolean isClosed() {
    return connected.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return connected.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return connected.isOutputShutdown();
  }

  @Override
  public void shutdownInput() throws IOException {
    connected.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    connected.shutdownOutput();
  }

  @Override
  public InetAddress getInetAddress() {
    return connected.getInetAddress();
  }

  @Override
  public int getPort() {
    return connected.getPort();
  }

  @Override
  public InetAddress getLocalAddress() {
    return connected.getLocalAddress();
  }

  @Override
  public int getLocalPort() {
    return connected.getLocalPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return connected.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return connected.getLocalSocketAddress();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    connected.setSoTimeout(millis);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return connected.getSoTimeout();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    connected.setTcpNoDelay(on);
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws SocketException {
    connected.setSoLinger(on, seconds);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return connected.getSoLinger();
  }
}
