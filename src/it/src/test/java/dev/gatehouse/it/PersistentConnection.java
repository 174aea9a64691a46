package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;

/** A persistent HTTP/1.1 connection for one request at a time. */
final class PersistentConnection implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  PersistentConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(30_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * Posts a form and reads the whole response.
   *
   * @param headers header lines, each with its line end
   * @return the status
   */
  int post(String target, String headers, String body) throws IOException {
    String request =
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(target, headers, body.length(), body);
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    String statusLine = line();
    int length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:") || lower.equals("connection: close")) {
        throw new IOException("unexpected: " + header);
      }
    }
    in.skipNBytes(length);
    return Integer.parseInt(statusLine.substring("HTTP/1.1 ".length()).substring(0, 3));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the server has closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
