package dev.gatehouse.internal.introspection;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gatehouse.internal.token.BearerToken;
import java.util.HashSet;
import java.util.Set;

/** Removes the token from a response that repeats it, because cached claims must not contain it. */
final class TokenScrubber {

  /** Shorter tokens are not secret, and may occur in other texts by chance. */
  private static final int MIN_LENGTH = 16;

  private TokenScrubber() {}

  /**
   * Removes all members that contain the token, at any depth.
   *
   * @return the names of those top-level members that were removed or changed
   */
  static Set<String> removeFrom(JsonNode object, BearerToken token) {
    String value = token.value();
    return value.length() < MIN_LENGTH ? Set.of() : removeFrom(object, value);
  }

  private static Set<String> removeFrom(JsonNode object, String token) {
    Set<String> changed = new HashSet<>();
    for (var members = object.properties().iterator(); members.hasNext(); ) {
      var member = members.next();
      if (member.getKey().contains(token) || containsToken(member.getValue(), token)) {
        changed.add(member.getKey());
        members.remove();
      } else if (!removeFrom(member.getValue(), token).isEmpty()) {
        changed.add(member.getKey());
      }
    }
    return changed;
  }

  /** Whether a text or array contains the token; nested objects lose members instead. */
  private static boolean containsToken(JsonNode value, String token) {
    if (value.isTextual()) {
      return value.textValue().contains(token);
    }
    if (value instanceof ObjectNode) {
      return false;
    }
    for (JsonNode element : value) {
      if (containsToken(element, token) || !removeFrom(element, token).isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
