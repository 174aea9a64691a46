package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/** The introspection responses of the stub: nine claims, of which four differ per token. */
final class StubResponses {

  /** The resource URI of the server under test. */
  static final String RESOURCE = "https://mcp.example.com/mcp";

  static final String ISSUER = "https://login.example.com";

  private static final String SUBJECT = "0d9f6c1e-5b7a-4c3d-9e2f-";

  private static final ByteBuffer INACTIVE = json("{\"active\":false}").asReadOnlyBuffer();
  private static final long STARTED = System.currentTimeMillis() / 1000;

  private StubResponses() {}

  /** The whole HTTP response for a token. */
  static ByteBuffer to(String token) {
    if (Tokens.isOf(Tokens.EXPIRING, token)) {
      long second = number(token) / Tokens.EXPIRING_NUMBERS;
      return isFuture(second * 1000) ? active(token, user(number(token)), second) : inactive();
    }
    return isActive(token)
        ? active(token, SUBJECT + digits(token), STARTED + 7200 + number(token) % 600)
        : inactive();
  }

  private static boolean isActive(String token) {
    return Tokens.isOf(Tokens.ACTIVE, token)
        || (Tokens.isOf(Tokens.REVOKED, token) && isFuture(number(token)));
  }

  /** The user of an expiring token with this number: one of two. */
  static String user(long number) {
    return SUBJECT + "user-" + number % 2;
  }

  private static boolean isFuture(long millis) {
    return System.currentTimeMillis() < millis;
  }

  private static ByteBuffer inactive() {
    return INACTIVE.duplicate();
  }

  private static long number(String token) {
    return Long.parseLong(digits(token));
  }

  private static String digits(String token) {
    return token.substring(token.length() - 15);
  }

  private static ByteBuffer active(String token, String subject, long expires) {
    return json(
        "{\"active\":true,\"scope\":\"notes:read notes:write\",\"client_id\":\"notes-app\","
            + "\"username\":\"user-"
            + digits(token)
            + "\",\"token_type\":\"Bearer\",\"exp\":"
            + expires
            + ",\"iat\":"
            + (STARTED - 600 + number(token) % 600)
            + ",\"sub\":\""
            + subject
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
