package dev.gatehouse.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** An authorization server that works on the bytes of its socket, to misbehave below HTTP. */
public final class RawAuthorizationServer implements AutoCloseable {

  private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)");

  /** Responds to a request that has been read; the connection is closed when this returns. */
  @FunctionalInterface
  public interface Behaviour {
    void respond(Socket socket) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile Behaviour behaviour;
  private volatile @Nullable Behaviour connectBehaviour;
  private volatile @Nullable SSLContext tls;
  private volatile List<String> protocols = List.of();

  public RawAuthorizationServer(Behaviour behaviour) throws IOException {
    this.behaviour = behaviour;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Writes these bytes. */
  public static Behaviour bytes(byte[] response) {
    return socket -> {
      socket.getOutputStream().write(response);
      socket.getOutputStream().flush();
    };
  }

  /** Writes this text in ISO 8859-1. */
  public static Behaviour text(String response) {
    return bytes(response.getBytes(StandardCharsets.ISO_8859_1));
  }

  public void setBehaviour(Behaviour newBehaviour) {
    behaviour = newBehaviour;
  }

  /** From now on, does this with each new connection instead of reading a request. */
  public void onConnect(Behaviour newConnectBehaviour) {
    connectBehaviour = newConnectBehaviour;
  }

  /**
   * Enables TLS for new connections.
   *
   * @param applicationProtocols the protocols that the server supports (RFC 7301), the preferred
   *     one first; if empty, the server ignores the extension
   */
  public void enableTls(SSLContext keys, String... applicationProtocols) {
    protocols = List.of(applicationProtocols);
    tls = keys;
  }

  public String origin() {
    return (tls == null ? "http" : "https") + "://127.0.0.1:" + listener.getLocalPort();
  }

  /** The raw requests received so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket accepted) {
    try (Socket socket = secured(accepted)) {
      Behaviour first = connectBehaviour;
      if (first != null) {
        first.respond(socket);
        return;
      }
      String request = read(socket.getInputStream());
      if (!request.isEmpty()) {
        requests.add(request);
        behaviour.respond(socket);
      }
    } catch (IOException e) {
      return; // the filter may close the connection at any time
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(accepted);
    }
  }

  private Socket secured(Socket socket) throws IOException {
    SSLContext keys = tls;
    if (keys == null) {
      return socket;
    }
    SSLSocket secured =
        (SSLSocket)
            keys.getSocketFactory().createSocket(socket, InputStream.nullInputStream(), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    secured.setSSLParameters(parameters);
    return secured;
  }

  /** Reads a whole request; returns an empty string if the connection ends before. */
  public static String read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      String received = bytes.toString(StandardCharsets.ISO_8859_1);
      int headEnd = received.indexOf("\r\n\r\n");
      if (headEnd >= 0 && bytes.size() >= headEnd + 4 + contentLength(received)) {
        return received;
      }
      byte[] buffer = new byte[64 * 1024];
      int count = in.read(buffer);
      if (count < 0) {
        return "";
      }
      bytes.write(buffer, 0, count);
    }
  }

  private static int contentLength(String head) {
    Matcher length = CONTENT_LENGTH.matcher(head);
    return length.find() ? Integer.parseInt(length.group(1)) : 0;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
