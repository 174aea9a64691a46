package dev.gatehouse.internal.proof;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.syntax.Utf8;
import java.nio.charset.StandardCharsets;

/**
 * A JWT in compact serialization (RFC 7515 §7.1), parsed strictly, its signature not yet checked.
 *
 * @param header a JSON object
 * @param payload a JSON object
 * @param signed the signed part, as sent
 * @param signature in Base64url
 */
record CompactJws(JsonNode header, JsonNode payload, String signed, String signature) {

  /** Parses exactly three parts in canonical Base64url, of which two are strict JSON objects. */
  static CompactJws parse(String text) throws InvalidProofException {
    int first = text.indexOf('.');
    int second = text.indexOf('.', first + 1);
    if (first < 0 || second < 0 || text.indexOf('.', second + 1) >= 0) {
      throw new InvalidProofException("the proof does not have three parts");
    }
    String signature = text.substring(second + 1);
    byte[] bytes = Base64Url.decode(signature);
    if (bytes == null || bytes.length == 0) {
      throw new InvalidProofException("the proof's signature is empty, or not Base64url");
    }
    return new CompactJws(
        object(text.substring(0, first), "header"),
        object(text.substring(first + 1, second), "payload"),
        text.substring(0, second),
        signature);
  }

  private static JsonNode object(String part, String name) throws InvalidProofException {
    byte[] json = Base64Url.decode(part);
    if (json == null || !Utf8.isValid(json)) {
      throw new InvalidProofException("the proof's " + name + " is not Base64url of UTF-8");
    }
    try {
      JsonNode object = StrictJson.parse(new String(json, StandardCharsets.UTF_8));
      if (object.isObject()) {
        return object;
      }
      throw new InvalidProofException("the proof's " + name + " is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new InvalidProofException(
          "the proof's " + name + " is not strict JSON: " + StrictJson.describe(e));
    }
  }

  byte[] signedBytes() {
    return signed.getBytes(StandardCharsets.US_ASCII);
  }
}
