package dev.gatehouse.bench;

/**
 * Requests of equal length that differ in a number of fifteen digits, the end of a token.
 *
 * @param before the text before the number
 * @param count the number of requests, after which they repeat
 * @param after the text after the number
 */
record Requests(String before, long count, String after) {

  /** MCP pings with these tokens. */
  static Requests pings(int port, LoadCase.TokenRange tokens) {
    return new Requests(
        head(port, "/mcp", "application/json, text/event-stream", "application/json")
            + "Content-Length: "
            + JsonServlet.PING.length()
            + "\r\nAuthorization: Bearer "
            + tokens.prefix(),
        tokens.count(),
        "\r\n\r\n" + JsonServlet.PING);
  }

  /** Introspection requests for these tokens. */
  static Requests introspections(int port, LoadCase.TokenRange tokens, String basic) {
    String body = "token=" + tokens.prefix();
    return new Requests(
        head(port, "/introspect", "application/json", "application/x-www-form-urlencoded")
            + "Content-Length: "
            + (body.length() + Tokens.padded(0).length())
            + "\r\nAuthorization: Basic "
            + basic
            + "\r\n\r\n"
            + body,
        tokens.count(),
        "");
  }

  private static String head(int port, String path, String accept, String type) {
    return "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: %s\r\nContent-Type: %s\r\n"
        .formatted(path, port, accept, type);
  }

  /** The whole text of a request. */
  String text(long number) {
    return before + Tokens.padded(number % count) + after;
  }
}
