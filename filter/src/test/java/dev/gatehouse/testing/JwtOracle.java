package dev.gatehouse.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A second implementation of the rules for JWTs, independent of the filter's: plain JDK
 * cryptography and a small parser. Each JWT that the filter accepts must be acceptable here; the
 * filter may refuse more.
 *
 * @param keys by {@code kid}; each is used with its own algorithm alone
 */
public record JwtOracle(String issuer, Map<String, JwtSigner> keys) {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final List<String> FORBIDDEN =
      List.of("crit", "b64", "jku", "x5u", "jwk", "x5c", "enc", "zip");

  /** Whether the filter may accept this text as an access token at {@link Generators#NOW}. */
  public boolean mayAccept(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return false;
    }
    try {
      JsonNode header = MAPPER.readTree(text(parts[0]));
      JsonNode payload = MAPPER.readTree(text(parts[1]));
      return isAcceptable(header)
          && isSigned(header, parts[0] + "." + parts[1], bytes(parts[2]))
          && isAccessToken(header.path("typ").asText("none"), payload)
          && isInTime(payload);
    } catch (IllegalArgumentException | JsonProcessingException | GeneralSecurityException e) {
      return false;
    }
  }

  private static byte[] bytes(String part) {
    byte[] decoded = Base64.getUrlDecoder().decode(part);
    if (!JwtSigner.base64(decoded).equals(part)) {
      throw new IllegalArgumentException("not canonical");
    }
    return decoded;
  }

  private static String text(String part) {
    return new String(bytes(part), StandardCharsets.UTF_8);
  }

  private static boolean isAcceptable(JsonNode header) {
    return header.isObject()
        && FORBIDDEN.stream().noneMatch(header::has)
        && header.path("typ").asText("none").matches("(?i)(application/)?(at\\+jwt|jwt)|none");
  }

  private boolean isSigned(JsonNode header, String input, byte[] signature)
      throws GeneralSecurityException {
    String algorithm = header.path("alg").asText();
    for (JwtSigner key : keys.values()) {
      boolean named = !header.has("kid") || key.keyId().equals(header.path("kid").textValue());
      if (named && key.algorithm().equals(algorithm)) {
        Signature verifier = JwtSigner.instance(algorithm);
        verifier.initVerify(key.publicKey());
        verifier.update(input.getBytes(StandardCharsets.ISO_8859_1));
        if (verifier.verify(signature)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isAccessToken(String type, JsonNode payload) {
    boolean scoped = hasText(payload.path("scope")) || hasText(payload.path("scp"));
    return payload.isObject()
        && issuer.equals(payload.path("iss").textValue())
        && !payload.hasNonNull("events")
        && !payload.hasNonNull("token_introspection")
        && (scoped || !(payload.hasNonNull("nonce") || payload.hasNonNull("at_hash")))
        && (scoped
            || type.toLowerCase(Locale.ROOT).contains("at+jwt")
            || payload.path("typ").asText().equalsIgnoreCase("bearer")
            || payload.hasNonNull("token_type")
            || payload.hasNonNull("token_use")
            || payload.hasNonNull("client_id")
            || payload.hasNonNull("cid"));
  }

  private static boolean hasText(JsonNode scope) {
    return scope.isArray() ? !scope.isEmpty() : !scope.asText().isBlank();
  }

  private static boolean isInTime(JsonNode payload) {
    return payload.path("exp").isNumber()
        && payload.path("exp").asDouble() >= Generators.NOW + 1
        && (!payload.hasNonNull("iat")
            || (payload.path("iat").isNumber()
                && payload.path("iat").asDouble() < Generators.NOW + 31));
  }
}
