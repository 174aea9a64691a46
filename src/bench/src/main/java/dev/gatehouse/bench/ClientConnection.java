package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Locale;

/** A connection of the load generator in Java, for one request at a time. */
final class ClientConnection implements AutoCloseable {

  private static final String LENGTH = "\r\ncontent-length:";
  private static final String CHUNKED = "\r\ntransfer-encoding: chunked";
  private static final String LAST_CHUNK = "\r\n0\r\n\r\n";

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(8 * 1024);
  private long sentNanos;

  private ClientConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /** Connects and registers the connection with the selector. */
  static ClientConnection open(int port, Selector selector) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    ClientConnection connection = new ClientConnection(channel);
    channel.register(selector, SelectionKey.OP_READ, connection);
    return connection;
  }

  /** Sends a request, which must fit into the buffer of the socket. */
  void send(byte[] request) throws IOException {
    in.clear();
    sentNanos = System.nanoTime();
    ByteBuffer out = ByteBuffer.wrap(request);
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  long sentNanos() {
    return sentNanos;
  }

  /**
   * Reads the available bytes.
   *
   * @return the status, or 0 while the response is incomplete
   * @throws IOException if the server has closed the connection
   */
  int receive() throws IOException {
    if (channel.read(in) < 0) {
      throw new IOException("the server has closed the connection");
    }
    String text = text();
    int headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0 || !isComplete(text, headEnd)) {
      return 0;
    }
    return Integer.parseInt(text.substring(9, 12));
  }

  /** What has arrived of the response, with its head. */
  String text() {
    return new String(in.array(), 0, in.position(), ISO_8859_1);
  }

  private static boolean isComplete(String text, int headEnd) {
    String head = text.substring(0, headEnd).toLowerCase(Locale.ROOT);
    return head.contains(CHUNKED)
        ? text.endsWith(LAST_CHUNK)
        : text.length() >= headEnd + 4 + contentLength(head);
  }

  private static int contentLength(String head) {
    int at = head.indexOf(LENGTH);
    if (at < 0) {
      return 0;
    }
    int end = head.indexOf('\r', at + LENGTH.length());
    return Integer.parseInt(
        head.substring(at + LENGTH.length(), end < 0 ? head.length() : end).strip());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
