package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/** The introspection responses of the stub: nine claims, of which four differ per token. */
final class StubResponses {

  /** The resource URI of the server under test. */
  static final String RESOURCE = "https://mcp.example.com/mcp";

  static final String ISSUER = "https://login.example.com";

  private static final ByteBuffer INACTIVE = json("{\"active\":false}").asReadOnlyBuffer();
  private static final long STARTED = System.currentTimeMillis() / 1000;

  private StubResponses() {}

  /** The whole HTTP response for a token. */
  static ByteBuffer to(String token) {
    return isActive(token) ? active(token) : INACTIVE.duplicate();
  }

  private static boolean isActive(String token) {
    return Tokens.isOf(Tokens.ACTIVE, token)
        || (Tokens.isOf(Tokens.REVOKED, token)
            && System.currentTimeMillis() < Long.parseLong(number(token)));
  }

  private static String number(String token) {
    return token.substring(token.length() - 15);
  }

  private static ByteBuffer active(String token) {
    String number = number(token);
    long second = Long.parseLong(number) % 600;
    return json(
        "{\"active\":true,\"scope\":\"notes:read notes:write\",\"client_id\":\"notes-app\","
            + "\"username\":\"user-"
            + number
            + "\",\"token_type\":\"Bearer\",\"exp\":"
            + (STARTED + 7200 + second)
            + ",\"iat\":"
            + (STARTED - 600 + second)
            + ",\"sub\":\"0d9f6c1e-5b7a-4c3d-9e2f-"
            + number
            + "\",\"aud\":\""
            + RESOURCE
            + "\",\"iss\":\""
            + ISSUER
            + "\"}");
  }

  static ByteBuffer json(String body) {
    return ByteBuffer.wrap(
        ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
                + "Content-Length: "
                + body.length()
                + "\r\n\r\n"
                + body)
            .getBytes(US_ASCII));
  }
}
