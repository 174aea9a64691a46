package dev.gatehouse.authorizationserver.internal.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the address that a connection has reached before TLS starts. This stops DNS rebinding: a
 * name that resolves to a public address when checked and to a private one when connecting. For one
 * fetch, whose connection can be cut at any time.
 */
final class PublicAddressSockets extends SSLSocketFactory {
  private static final Logger LOG = LoggerFactory.getLogger(PublicAddressSockets.class);

  private final SSLSocketFactory delegate;
  private final Predicate<InetAddress> allowed;
  private @Nullable Socket current;
  private boolean cut;

  PublicAddressSockets(SSLSocketFactory delegate, Predicate<InetAddress> allowed) {
    this.delegate = delegate;
    this.allowed = allowed;
  }

  /** The only method that the JDK's client calls: it connects first and adds TLS afterwards. */
  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    if (!allowed.test(connected.getInetAddress())) {
      connected.close();
      throw new ForbiddenAddressException();
    }
    keep(connected);
    return delegate.createSocket(new LimitedSocket(connected), host, port, autoClose);
  }

  private synchronized void keep(Socket connected) throws IOException {
    if (cut) {
      connected.close();
      throw new IOException("the fetch has ended");
    }
    current = connected;
  }

  synchronized boolean isCut() {
    return cut;
  }

  /** Closes the connection, also if it is established later. */
  synchronized void cut() {
    cut = true;
    if (current != null) {
      try {
        current.close();
      } catch (IOException e) {
        LOG.debug("a connection could not be closed", e);
      }
    }
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return delegate.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return delegate.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    throw new ForbiddenAddressException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    throw new ForbiddenAddressException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    throw new ForbiddenAddressException();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort)
      throws IOException {
    throw new ForbiddenAddressException();
  }

  /** The connection reached an address that is not allowed. */
  static final class ForbiddenAddressException extends IOException {
    private static final long serialVersionUID = 1L;

    ForbiddenAddressException() {
      super("the address is not a public one");
    }
  }
}
