package dev.gatehouse.internal.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.Reason;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What counts in the header of a JWS (RFC 7515 §4.1). Other parameters are ignored, as §4 demands.
 *
 * @param algorithm {@code alg}, which is asymmetric
 * @param type {@code typ} in lower case and without {@code application/}; null if it is absent
 * @param keyId {@code kid}; null if it is absent
 */
record JwsHeader(SignatureAlgorithm algorithm, @Nullable String type, @Nullable String keyId) {

  /** Parameters that must not occur, because following them would let the sender choose the key. */
  private static final List<String> FOREIGN_KEYS =
      List.of("jku", "jwk", "x5u", "x5c"); // RFC 8725 §3.10

  /** Parameters that must not occur, because they change what is signed or how it is read. */
  private static final List<String> NOT_SUPPORTED =
      List.of(
          "crit", // RFC 7515 §4.1.11: we understand no extension
          "b64", // RFC 7797 §3
          "enc", // RFC 7516 §4.1.2, and the following
          "zip");

  private static final String MEDIA_TYPE = "application/";
  private static final String NESTED = "jwt";

  static JwsHeader read(JsonNode json) throws RefusedJwtException {
    for (String name : FOREIGN_KEYS) {
      if (json.has(name)) {
        throw refused("the header brings its own key: " + name);
      }
    }
    for (String name : NOT_SUPPORTED) {
      if (json.has(name)) {
        throw refused("the header has " + name + ", which is not supported");
      }
    }
    String contentType = text(json, "cty");
    if (contentType != null && withoutPrefix(contentType).equals(NESTED)) {
      throw refused("a JWT inside of a JWT"); // RFC 7519 §5.2
    }
    String name = text(json, "alg");
    SignatureAlgorithm algorithm = name == null ? null : SignatureAlgorithm.named(name);
    if (algorithm == null) {
      throw refused("the alg is " + (name == null ? "missing" : LogText.word(name)));
    }
    String type = text(json, "typ");
    return new JwsHeader(algorithm, type == null ? null : withoutPrefix(type), text(json, "kid"));
  }

  /** RFC 7515 §4.1.9: case-insensitive, and {@code application/} may be omitted. */
  static String withoutPrefix(String mediaType) {
    String type = mediaType.toLowerCase(Locale.ROOT);
    return type.startsWith(MEDIA_TYPE) && type.indexOf('/', MEDIA_TYPE.length()) < 0
        ? type.substring(MEDIA_TYPE.length())
        : type;
  }

  private static @Nullable String text(JsonNode json, String name) throws RefusedJwtException {
    JsonNode value = json.get(name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw refused("the header's " + name + " is not a string");
    }
    return value.textValue();
  }

  private static RefusedJwtException refused(String detail) {
    return new RefusedJwtException(Reason.JWT, detail);
  }
}
