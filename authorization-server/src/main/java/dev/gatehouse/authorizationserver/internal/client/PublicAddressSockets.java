package dev.gatehouse.authorizationserver.internal.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocketFactory;

/**
 * Checks the address that a connection has reached before TLS starts. This stops DNS rebinding: a
 * name that resolves to a public address when checked and to a private one when connecting.
 */
final class PublicAddressSockets extends SSLSocketFactory {
  private final SSLSocketFactory delegate;
  private final Predicate<InetAddress> allowed;

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
    return delegate.createSocket(connected, host, port, autoClose);
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
