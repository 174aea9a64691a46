package dev.gatehouse.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sends requests that an HTTP client would not send, and reads the raw response. */
public final class RawClient {

  private static final int READ_TIMEOUT_MILLIS = 60_000;

  private RawClient() {}

  /** A parsed response; the names of its header fields are in lower case. */
  public record RawResponse(int status, Map<String, List<String>> headers, String body) {

    /** All values of a header field, in order; the name is matched in any case. */
    public List<String> header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    @Override
    public String toString() {
      return status + " " + headers + " " + body;
    }
  }

  /** Sends one request in ISO 8859-1 on a new connection. */
  public static RawResponse send(int port, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(READ_TIMEOUT_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return parse(new String(readAll(socket), StandardCharsets.ISO_8859_1));
    }
  }

  /** A request with these lines, plus the header fields Host and Connection. */
  public static String request(String requestLine, List<String> headerLines) {
    StringBuilder request = new StringBuilder(requestLine).append(" HTTP/1.1\r\n");
    request.append("Host: any.example\r\nConnection: close\r\n");
    headerLines.forEach(line -> request.append(line).append("\r\n"));
    return request.append("\r\n").toString();
  }

  private static byte[] readAll(Socket socket) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    socket.getInputStream().transferTo(bytes);
    return bytes.toByteArray();
  }

  private static RawResponse parse(String text) {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new AssertionError("not a response: '" + text + "'");
    }
    String[] lines = text.substring(0, end).split("\r\n", -1);
    Map<String, List<String>> headers = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers
          .computeIfAbsent(
              lines[i].substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(lines[i].substring(colon + 1).strip());
    }
    String body = text.substring(end + 4);
    boolean chunked = headers.containsKey("transfer-encoding");
    return new RawResponse(
        Integer.parseInt(lines[0].split(" ", 3)[1]), headers, chunked ? unchunk(body) : body);
  }

  private static String unchunk(String body) {
    StringBuilder whole = new StringBuilder();
    int at = 0;
    while (true) {
      int lineEnd = body.indexOf("\r\n", at);
      int size = Integer.parseInt(body.substring(at, lineEnd), 16);
      if (size == 0) {
        return whole.toString();
      }
      whole.append(body, lineEnd + 2, lineEnd + 2 + size);
      at = lineEnd + 2 + size + 2;
    }
  }
}
