package dev.gatehouse.bench;

import java.util.List;

/**
 * What slow connections send.
 *
 * @param name for the table
 * @param connections how many there are
 * @param request the head of the request and the first byte of its body, with %s for a token that
 *     the filter admits
 */
record SlowAttack(String name, int connections, String request) {

  /** The path of the eviction endpoint. */
  static final String EVICTIONS = "/gatehouse/evict";

  /** No attack, so that its figures show the noise. */
  static final SlowAttack NONE = new SlowAttack("none (the noise)", 0, "");

  private static final int CONNECTIONS = 500;
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String JSON = "application/json";
  private static final String BEARER = "Authorization: Bearer ";

  static final List<SlowAttack> ALL =
      List.of(
          NONE,
          of("POST /oauth/token", FORM, "", ""),
          of("POST /oauth/register", JSON, "", ""),
          of("GET /oauth/jwks", FORM, "", ""),
          of("GET /.well-known/oauth-authorization-server", FORM, "", ""),
          of("GET /.well-known/oauth-protected-resource/mcp", FORM, "", ""),
          of("POST " + EVICTIONS, FORM, "", ", no secret"),
          of("POST /mcp", JSON, "", ", no token"),
          of("POST /mcp", JSON, BEARER + "x".repeat(Tokens.LENGTH) + "\r\n", ", invalid token"),
          of("POST /mcp", JSON, BEARER + "%s\r\n", ", valid token"));

  private static SlowAttack of(String requestLine, String type, String header, String with) {
    String request =
        requestLine
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json, text/event-stream\r\n"
            + "Content-Type: "
            + type
            + "\r\n"
            + header
            + "Content-Length: 1000\r\n\r\na";
    return new SlowAttack(requestLine + with, CONNECTIONS, request);
  }

  /** The request with this token, if it has one. */
  String head(String token) {
    return request.replace("%s", token);
  }
}
