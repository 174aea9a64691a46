package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A connection to the stub, which splits the input into HTTP/1.1 requests. */
final class StubConnection {

  private static final String TOKEN = "token=";

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(32 * 1024);

  StubConnection(SocketChannel channel) {
    this.channel = channel;
  }

  /** A request: its first line and its body. */
  record Request(String line, String body) {

    /** The {@code token} parameter, which contains no escapes in these requests. */
    String token() {
      int start = body.startsWith(TOKEN) ? 0 : body.indexOf("&" + TOKEN) + 1;
      int end = body.indexOf('&', start);
      return body.substring(start + TOKEN.length(), end < 0 ? body.length() : end);
    }
  }

  /**
   * Reads the available bytes.
   *
   * @return false at the end of the stream
   */
  boolean fill() throws IOException {
    return channel.read(in) >= 0;
  }

  /** Returns the next complete request, or null if there is none yet. */
  @Nullable Request next() {
    String text = new String(in.array(), 0, in.position(), ISO_8859_1);
    int headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0) {
      return null;
    }
    String head = text.substring(0, headEnd);
    int bodyStart = headEnd + 4;
    int length = contentLength(head);
    if (text.length() < bodyStart + length) {
      return null;
    }
    in.flip().position(bodyStart + length);
    in.compact();
    return new Request(
        head.substring(0, head.indexOf('\r')), text.substring(bodyStart, bodyStart + length));
  }

  private static int contentLength(String head) {
    String lower = head.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("\r\ncontent-length:");
    if (at < 0) {
      if (lower.contains("\r\ntransfer-encoding:")) {
        throw new IllegalStateException("the stub does not support chunked requests: " + head);
      }
      return 0;
    }
    int end = lower.indexOf('\r', at + 2);
    return Integer.parseInt(
        lower
            .substring(at + "\r\ncontent-length:".length(), end < 0 ? lower.length() : end)
            .strip());
  }

  void write(ByteBuffer response) throws IOException {
    while (response.hasRemaining()) {
      channel.write(response); // a response fits into the buffer of the socket
    }
  }

  void close() throws IOException {
    channel.close();
  }
}
