package dev.gatehouse.internal.introspection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatehouse.internal.token.BearerToken;
import java.util.HashSet;
import java.util.Set;

/** A token that an authorization server repeats in its answer: what we keep must not hold it. */
final class TokenScrubber {

  /** Shorter ones are no secret, and may be part of many a text by chance. */
  private static final int LEAST_LENGTH_TO_SEEK = 16;

  private TokenScrubber() {}

  /**
   * Removes the members, at whatever depth, that hold the token.
   *
   * @return the names of those members of the object itself that are gone or have lost a part
   */
  static Set<String> removeFrom(JsonNode object, BearerToken token) {
    String value = token.value();
    return value.length() < LEAST_LENGTH_TO_SEEK ? Set.of() : removeFrom(object, value);
  }

  private static Set<String> removeFrom(JsonNode object, String token) {
    Set<String> touched = new HashSet<>();
    for (var members = object.properties().iterator(); members.hasNext(); ) {
      var member = members.next();
      if (member.getKey().contains(token) || isIn(member.getValue(), token)) {
        touched.add(member.getKey());
        members.remove();
      } else if (!removeFrom(member.getValue(), token).isEmpty()) {
        touched.add(member.getKey());
      }
    }
    return touched;
  }

  /** In this text, or in an array: objects lose members instead. */
  private static boolean isIn(JsonNode value, String token) {
    if (value.isTextual()) {
      return value.textValue().contains(token);
    }
    if (value instanceof ObjectNode) {
      return false;
    }
    for (JsonNode element : value) {
      if (isIn(element, token) || !removeFrom(element, token).isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
