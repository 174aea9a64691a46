package dev.gatehouse;

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
import javax.net.ServerSocketFactory;

/** An authorization server down at its socket: answers in bytes, or cuts off, or says nothing. */
final class RawAuthorizationServer implements AutoCloseable {

  private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)");

  /** Does something to a connection whose request has been read. */
  @FunctionalInterface
  interface Behaviour {
    void answer(Socket socket) throws IOException, InterruptedException;
  }

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile Behaviour behaviour;

  RawAuthorizationServer(Behaviour behaviour) throws IOException {
    this(behaviour, ServerSocketFactory.getDefault(), 0);
  }

  /** With TLS, perhaps, and where another one has been before. */
  RawAuthorizationServer(Behaviour behaviour, ServerSocketFactory sockets, int port)
      throws IOException {
    this.behaviour = behaviour;
    listener = sockets.createServerSocket(port, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  /** Writes these bytes and closes. */
  static Behaviour bytes(byte[] answer) {
    return socket -> {
      socket.getOutputStream().write(answer);
      socket.getOutputStream().flush();
    };
  }

  /** The same in characters, each a byte. */
  static Behaviour text(String answer) {
    return bytes(answer.getBytes(StandardCharsets.ISO_8859_1));
  }

  void behave(Behaviour newBehaviour) {
    behaviour = newBehaviour;
  }

  String origin() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Each request as it came. */
  List<String> requests() {
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

  private void serve(Socket socket) {
    try (socket) {
      String request = read(socket.getInputStream());
      if (!request.isEmpty()) {
        requests.add(request);
        behaviour.answer(socket);
      }
    } catch (IOException e) {
      return; // the filter has hung up, as it may
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  /** A whole request; nothing if the connection ends before. */
  static String read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      String sofar = bytes.toString(StandardCharsets.ISO_8859_1);
      int headEnd = sofar.indexOf("\r\n\r\n");
      if (headEnd >= 0 && bytes.size() >= headEnd + 4 + contentLength(sofar)) {
        return sofar;
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
