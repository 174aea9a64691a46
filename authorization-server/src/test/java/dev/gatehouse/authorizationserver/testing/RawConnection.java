package dev.gatehouse.authorizationserver.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.gatehouse.testing.Await;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;

/** A TCP connection on which a test sends a request in parts, or never completely. */
public final class RawConnection implements AutoCloseable {
  /** Fails a test that hangs. */
  private static final int TIMEOUT_MILLIS = 60_000;

  private final Socket socket;

  public RawConnection(String origin) throws IOException {
    URI uri = URI.create(origin);
    this.socket = new Socket(uri.getHost(), uri.getPort());
    socket.setSoTimeout(TIMEOUT_MILLIS);
  }

  /** Sends a head that announces a body of a thousand bytes, and the first of them. */
  public void sendIncomplete(String requestLine, String contentType) throws IOException {
    send(
        requestLine
            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
            + contentType
            + "\r\nContent-Length: 1000\r\n\r\na");
  }

  public void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Sends one byte after another until the response arrives. */
  public void trickleUntilAnswered() {
    Await.until(
        "the response arrives before the whole body",
        () -> {
          boolean answered = socket.getInputStream().available() > 0;
          if (!answered) {
            send("a");
          }
          return answered;
        });
  }

  /** Ends what this side sends; the other direction stays open. */
  public void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads until the server closes the connection. */
  public String untilClosed() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  /** Whether the server has sent anything that was not read yet. */
  public boolean isAnswered() throws IOException {
    return socket.getInputStream().available() > 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
