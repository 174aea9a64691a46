package dev.gatehouse.demo;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** One note. The id is random, so that nobody can guess another's. */
record Note(String id, String text, Instant createdAt) {

  /** What precedes the id in the URI of a note. */
  static final String URI_PREFIX = "notes://";

  /** How long an id is: that of a UUID. */
  static final int ID_LENGTH = 36;

  String uri() {
    return URI_PREFIX + id;
  }

  /** The note as JSON has it, in a reader's order. */
  Map<String, Object> members() {
    var members = new LinkedHashMap<String, Object>();
    members.put("id", id);
    members.put("uri", uri());
    members.put("text", text);
    members.put("createdAt", createdAt.toString());
    return members;
  }
}
