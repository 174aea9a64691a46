package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.internal.client.PublicAddressSockets.ForbiddenAddressException;
import dev.gatehouse.authorizationserver.testing.HttpsHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check that happens between connecting and TLS. */
class PublicAddressSocketsTest {
  @TempDir private static Path directory;

  @Test
  void aForbiddenAddressReceivesNoByteAndTheConnectionIsClosed() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket connected = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      PublicAddressSockets sockets = new PublicAddressSockets(platform(), PublicAddress::isPublic);

      // RFC 6066 §3: the name that the caller claims plays no part.
      assertThatThrownBy(() -> sockets.createSocket(connected, "public.example.com", 443, false))
          .isInstanceOf(ForbiddenAddressException.class);

      assertThat(connected.isClosed()).isTrue();
      assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void theAddressThatTheConnectionHasReachedIsChecked()
      throws IOException, GeneralSecurityException, InterruptedException {
    List<InetAddress> checked = new ArrayList<>();
    try (HttpsHost host = new HttpsHost(directory);
        Socket connected =
            new Socket(InetAddress.getLoopbackAddress(), URI.create(host.url("/")).getPort())) {
      PublicAddressSockets sockets =
          new PublicAddressSockets(
              host.trust(),
              address -> {
                checked.add(address);
                return true;
              });

      try (Socket tls = sockets.createSocket(connected, "localhost", connected.getPort(), true)) {
        ((SSLSocket) tls).startHandshake();
      }

      assertThat(checked).containsExactly(InetAddress.getLoopbackAddress());
    }
  }

  @Test // the name may resolve, or the connection be established, when the fetch has ended
  void aConnectionThatIsEstablishedAfterTheFetchIsClosedAndReceivesNoByte() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket connected = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      PublicAddressSockets sockets = new PublicAddressSockets(platform(), anywhere -> true);
      assertThat(sockets.isCut()).isFalse();
      sockets.cut();

      assertThat(sockets.isCut()).isTrue();
      assertThatThrownBy(() -> sockets.createSocket(connected, "localhost", 443, true))
          .isInstanceOf(IOException.class);
      assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void theConnectionOfAFetchThatEndsIsClosed() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket connected = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      PublicAddressSockets sockets = new PublicAddressSockets(platform(), anywhere -> true);
      Socket tls = sockets.createSocket(connected, "localhost", 443, true);
      assertThat(tls.isClosed()).isFalse();
      sockets.cut();

      assertThat(connected.isClosed()).isTrue();
      assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test // these methods would connect and handshake before the address can be checked
  void methodsThatConnectByThemselvesNeverDo() throws IOException {
    PublicAddressSockets sockets = new PublicAddressSockets(platform(), anywhere -> true);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      InetAddress address = server.getInetAddress();
      String host = address.getHostAddress();
      int port = server.getLocalPort();

      assertThatThrownBy(() -> sockets.createSocket(host, port))
          .isInstanceOf(ForbiddenAddressException.class);
      assertThatThrownBy(() -> sockets.createSocket(host, port, address, 0))
          .isInstanceOf(ForbiddenAddressException.class);
      assertThatThrownBy(() -> sockets.createSocket(address, port))
          .isInstanceOf(ForbiddenAddressException.class);
      assertThatThrownBy(() -> sockets.createSocket(address, port, address, 0))
          .isInstanceOf(ForbiddenAddressException.class);

      server.setSoTimeout(1);
      assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void theCipherSuitesAreThoseOfThePlatform() {
    PublicAddressSockets sockets = new PublicAddressSockets(platform(), anywhere -> true);

    assertThat(sockets.getDefaultCipherSuites())
        .isNotEmpty()
        .isEqualTo(platform().getDefaultCipherSuites());
    assertThat(sockets.getSupportedCipherSuites())
        .isNotEmpty()
        .isEqualTo(platform().getSupportedCipherSuites());
  }

  private static SSLSocketFactory platform() {
    return (SSLSocketFactory) SSLSocketFactory.getDefault();
  }
}
