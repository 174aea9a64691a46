package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** HTTP as bytes on a socket, so that no client library normalizes requests or responses. */
final class RawHttp implements AutoCloseable {

  /** Fails a test that hangs; far more than any response needs. */
  private static final int TIMEOUT_MILLIS = 30_000;

  private final Socket socket;

  RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
  }

  /** Sends a request over a new connection and reads the whole response. */
  static Response exchange(int port, String requestLine, List<String> headers, String body)
      throws IOException {
    try (var http = new RawHttp(port)) {
      http.send(requestLine, headers, body);
      Response head = http.head();
      return new Response(head.statusLine(), head.headers(), http.rest());
    }
  }

  void send(String requestLine, List<String> headers, String body) throws IOException {
    var request = new StringBuilder(requestLine + " HTTP/1.1\r\n");
    if (headers.stream().noneMatch(header -> header.startsWith("Host:"))) {
      request.append("Host: 127.0.0.1\r\n");
    }
    request.append("Connection: close\r\n");
    headers.forEach(header -> request.append(header).append("\r\n"));
    if (!body.isEmpty()) {
      request.append("Content-Length: ").append(body.getBytes(UTF_8).length).append("\r\n");
    }
    request.append("\r\n").append(body);
    socket.getOutputStream().write(request.toString().getBytes(UTF_8));
    socket.getOutputStream().flush();
  }

  /** Reads the status line and the headers, without waiting for the body. */
  Response head() throws IOException {
    var head = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("the connection ended after: " + head);
      }
      head.append((char) next);
    }
    List<String> lines = head.toString().strip().lines().toList();
    return new Response(lines.get(0), lines.subList(1, lines.size()), "");
  }

  /** Reads until the server closes the connection. */
  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  /** A response as it was received. */
  record Response(String statusLine, List<String> headers, String body) {

    int status() {
      return Integer.parseInt(statusLine.substring(9, 12));
    }

    /** The header line as received; empty unless exactly one header has that name. */
    Optional<String> header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      List<String> found =
          headers.stream()
              .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(start))
              .toList();
      return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
  }
}
