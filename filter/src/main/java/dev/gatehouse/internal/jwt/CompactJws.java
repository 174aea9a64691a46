package dev.gatehouse.internal.jwt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.syntax.Base64Url;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.syntax.Utf8;
import dev.gatehouse.internal.token.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JWT in the compact serialization of a JWS (RFC 7515 §3.1), parsed but not verified:
 *
 * <pre>
 * BASE64URL(UTF8(header)) . BASE64URL(payload) . BASE64URL(signature)
 * </pre>
 *
 * <p>We parse it ourselves, because parsers differ in what they ignore: Nimbus's takes several
 * texts for the same JWT.
 */
final class CompactJws {

  /** In characters. Headers have around a hundred. */
  private static final int MAX_HEADER = 4096;

  /** In characters: that of RSA with 8192 bits has 1366. */
  private static final int MAX_SIGNATURE = 1400;

  private static final int PARTS_OF_JWE = 5;

  private final JwsHeader header;
  private final JsonNode payload;
  private final byte[] signingInput;
  private final byte[] signature;

  private CompactJws(JwsHeader header, JsonNode payload, byte[] signingInput, byte[] signature) {
    this.header = header;
    this.payload = payload;
    this.signingInput = signingInput;
    this.signature = signature;
  }

  /**
   * Parses a JWT.
   *
   * @param text in ASCII
   */
  static CompactJws parse(byte[] text) throws RefusedJwtException {
    int first = indexOf(text, '.', 0);
    int second = indexOf(text, '.', first + 1);
    if (first < 0 || second < 0 || indexOf(text, '.', second + 1) >= 0) {
      throw refused(
          parts(text) == PARTS_OF_JWE
              ? "encrypted tokens (JWE) are not supported: let the authorization server sign only"
              : "not a JWT: it has not three parts");
    }
    if (first > MAX_HEADER) {
      throw refused("the header is longer than " + MAX_HEADER + " characters");
    }
    if (text.length - second - 1 > MAX_SIGNATURE) {
      throw refused("the signature is longer than " + MAX_SIGNATURE + " characters");
    }
    JwsHeader header = JwsHeader.read(object(text, 0, first, "header"));
    JsonNode payload = object(text, first + 1, second, "payload");
    byte[] signature = Base64Url.decode(text, second + 1, text.length);
    if (signature == null || signature.length == 0) {
      throw refused("the signature is missing, or not canonical Base64url");
    }
    return new CompactJws(header, payload, Arrays.copyOf(text, second), signature);
  }

  JwsHeader header() {
    return header;
  }

  /** A JSON object. */
  JsonNode payload() {
    return payload;
  }

  /** The first two parts, as they were sent; not a copy. */
  byte[] signingInput() {
    return signingInput;
  }

  /** Not a copy. */
  byte[] signature() {
    return signature;
  }

  private static JsonNode object(byte[] text, int start, int end, String part)
      throws RefusedJwtException {
    byte[] decoded = Base64Url.decode(text, start, end);
    if (decoded == null) {
      throw refused("the " + part + " is not canonical Base64url");
    }
    if (!Utf8.isValid(decoded)) {
      throw refused("the " + part + " is not UTF-8");
    }
    try {
      JsonNode json = StrictJson.parse(new String(decoded, StandardCharsets.UTF_8));
      if (json.isObject()) {
        return json;
      }
      throw refused("the " + part + " is not a JSON object");
    } catch (JsonProcessingException e) {
      throw refused("the " + part + " is not strict JSON: " + StrictJson.describe(e));
    }
  }

  private static int indexOf(byte[] text, char c, int from) {
    for (int i = from; i < text.length; i++) {
      if (text[i] == c) {
        return i;
      }
    }
    return -1;
  }

  private static int parts(byte[] text) {
    int parts = 1;
    for (byte c : text) {
      parts += c == '.' ? 1 : 0;
    }
    return parts;
  }

  private static RefusedJwtException refused(String detail) {
    return new RefusedJwtException(Reason.JWT, detail);
  }
}
