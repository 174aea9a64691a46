package dev.gatehouse.internal.jwt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.token.LogText;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads a JWK set (RFC 7517 §5) strictly. A key that can't be used is ignored, as §5 demands: sets
 * contain keys for encryption, and of kinds that are not known here.
 */
final class KeySetReader {

  private static final int MAX_KEYS = 100;

  private KeySetReader() {}

  /**
   * Reads a JWK set.
   *
   * @param algorithms the accepted algorithms; at least one key must be for one of them
   */
  static KeySet read(String body, Set<SignatureAlgorithm> algorithms)
      throws UnusableResponseException {
    JsonNode members = parse(body).path("keys");
    if (!members.isArray()) {
      throw new UnusableResponseException("not a JWK set: keys is missing or not an array");
    }
    if (members.size() > MAX_KEYS) {
      throw new UnusableResponseException("the JWK set has more than " + MAX_KEYS + " keys");
    }
    List<ServerKey> keys = new ArrayList<>();
    List<String> ignored = new ArrayList<>();
    for (JsonNode member : members) {
      try {
        keys.add(PublicJwk.read(member));
      } catch (PublicJwk.UnusableKeyException e) {
        ignored.add(LogText.word(member.path("kid").asText("without kid")) + ": " + e.getMessage());
      }
    }
    KeySet set = new KeySet(keys, ignored);
    if (!set.fitAny(algorithms)) {
      throw new UnusableResponseException(
          "the JWK set has no key for the accepted algorithms; ignored keys: "
              + LogText.list(ignored));
    }
    return set;
  }

  private static JsonNode parse(String body) throws UnusableResponseException {
    try {
      return StrictJson.parse(body);
    } catch (JsonProcessingException e) {
      throw new UnusableResponseException("not strict JSON: " + StrictJson.describe(e));
    }
  }
}
