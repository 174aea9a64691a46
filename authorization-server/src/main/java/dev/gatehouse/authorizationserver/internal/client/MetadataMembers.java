package dev.gatehouse.authorizationserver.internal.client;

import java.util.Collection;
import java.util.Map;
import net.minidev.json.JSONObject;
import org.jspecify.annotations.Nullable;

/** Reads the members of client metadata (RFC 7591 §2), as clients write them. */
final class MetadataMembers {
  private MetadataMembers() {}

  /**
   * Removes the members that are null or empty, which count as absent. Clients that have no value
   * for a member write one of these, and not all members are read by the same code.
   */
  static void removeEmpty(JSONObject metadata) {
    metadata.values().removeIf(MetadataMembers::isEmpty);
  }

  private static boolean isEmpty(@Nullable Object value) {
    return value == null
        || (value instanceof String text && text.isEmpty())
        || (value instanceof Collection<?> list && list.isEmpty())
        || (value instanceof Map<?, ?> object && object.isEmpty());
  }
}
