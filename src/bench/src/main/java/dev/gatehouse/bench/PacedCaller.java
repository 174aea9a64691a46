package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * An honest caller of the demo on one connection, at a fixed pace: it gets a token, uses it twice,
 * and reads metadata and keys. Response times count from the moment at which a request was due, so
 * that a server that stops responding is not asked less.
 */
final class PacedCaller {

  private static final int ATTEMPTS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Pattern TOKEN = Pattern.compile("\"access_token\"\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern SESSION = Pattern.compile("(?i)\r\nmcp-session-id: *(\\S+)");
  private static final String BASIC =
      Base64.getEncoder().encodeToString("demo-client:demo-client-secret".getBytes(US_ASCII));
  private static final String INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
      "capabilities":{},"clientInfo":{"name":"bench","version":"0"}}}""";

  private final int port;
  private String token = "";
  private String session = "";
  private int number;
  private int errors;

  PacedCaller(int port) {
    this.port = port;
  }

  /** Gets a token and opens an MCP session. */
  PacedCaller prepare() throws IOException {
    try (Selector selector = Selector.open();
        ClientConnection connection = ClientConnection.open(port, selector)) {
      exchange(connection, selector, tokenRequest());
      token = find(TOKEN, connection);
      // A cold server may not introspect the first token in time.
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (exchange(connection, selector, mcp(INITIALIZE)) == 200) {
          break;
        }
      }
      session = "Mcp-Session-Id: " + find(SESSION, connection) + "\r\n";
    }
    return this;
  }

  /** A token that the filter admits. */
  String token() {
    return token;
  }

  /** The requests without the expected response in the latest run. */
  int errors() {
    return errors;
  }

  /**
   * Sends requests and returns their times in microseconds.
   *
   * @param pace from one request to the next
   * @param begin by {@link System#nanoTime}, like the end
   */
  int[] run(Duration pace, long begin, long end) throws IOException {
    IntStream.Builder micros = IntStream.builder();
    errors = 0;
    try (Selector selector = Selector.open()) {
      ClientConnection connection = ClientConnection.open(port, selector);
      for (long due = begin; due < end; due += pace.toNanos()) {
        LockSupport.parkNanos(due - System.nanoTime());
        try {
          if (System.nanoTime() > end + PATIENCE.toNanos()) {
            errors++; // there was no time left to send it
          } else if (exchange(connection, selector, next()) != 200) {
            errors++;
          } else if (number % 5 == 1) {
            token = find(TOKEN, connection);
          }
        } catch (IOException e) {
          errors++;
          connection.close();
          connection = ClientConnection.open(port, selector);
        }
        micros.add((int) ((System.nanoTime() - due) / 1000));
      }
      connection.close();
    }
    return micros.build().toArray();
  }

  private static int exchange(ClientConnection connection, Selector selector, String request)
      throws IOException {
    connection.send(request.getBytes(US_ASCII));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int status = 0;
    while (status == 0) {
      selector.select(100);
      selector.selectedKeys().clear();
      status = connection.receive();
      if (System.nanoTime() > deadline) {
        throw new IOException("no response within " + PATIENCE);
      }
    }
    return status;
  }

  private static String find(Pattern pattern, ClientConnection connection) throws IOException {
    Matcher found = pattern.matcher(connection.text());
    if (!found.find()) {
      throw new IOException("unexpected response: " + connection.text());
    }
    return found.group(1);
  }

  private String next() {
    return switch (number++ % 5) {
      case 0 -> tokenRequest();
      case 1, 2 -> mcp("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
      case 3 -> "GET /.well-known/oauth-protected-resource/mcp HTTP/1.1\r\n" + host() + "\r\n";
      default -> "GET /oauth/jwks HTTP/1.1\r\n" + host() + "\r\n";
    };
  }

  private String tokenRequest() {
    return post(
        "/oauth/token",
        "application/x-www-form-urlencoded",
        "Authorization: Basic " + BASIC + "\r\n",
        "grant_type=client_credentials&scope=notes:read&resource=http://127.0.0.1:"
            + port
            + "/mcp");
  }

  private String mcp(String message) {
    return post(
        "/mcp",
        "application/json",
        "Accept: application/json, text/event-stream\r\nAuthorization: Bearer "
            + token
            + "\r\n"
            + session,
        message);
  }

  private String post(String path, String type, String headers, String body) {
    return "POST %s HTTP/1.1\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n%s"
        .formatted(path, host(), type, body.length(), headers, body);
  }

  private String host() {
    return "Host: 127.0.0.1:" + port + "\r\n";
  }
}
