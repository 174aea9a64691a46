package dev.gatehouse.internal.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.syntax.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Reads what a JWT says without verifying it: anyone may have written it. */
final class UnverifiedPayload {

  private static final int PARTS = 3;

  private UnverifiedPayload() {}

  /** The claims of a token in the form of a signed JWT (RFC 7519 §3); null for other tokens. */
  static @Nullable JsonNode of(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != PARTS) {
      return null;
    }
    try {
      byte[] payload = Base64.getUrlDecoder().decode(parts[1]);
      JsonNode json = StrictJson.parse(new String(payload, StandardCharsets.UTF_8));
      return json.isObject() ? json : null;
    } catch (IllegalArgumentException | JsonProcessingException e) {
      return null; // an opaque token that happens to have two dots
    }
  }

  /** The {@code iss} of a JWT (RFC 7519 §4.1.1); null for other tokens. */
  static @Nullable String issuerOf(String token) {
    JsonNode payload = of(token);
    return payload == null ? null : payload.path("iss").textValue();
  }
}
