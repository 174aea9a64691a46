package dev.gatehouse.demo;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** A note. The id is random, so that it can't be guessed. */
record Note(String id, String text, Instant createdAt) {

  /** The URI of a note without its id. */
  static final String URI_PREFIX = "notes://";

  /** The length of an id, which is a UUID. */
  static final int ID_LENGTH = 36;

  String uri() {
    return URI_PREFIX + id;
  }

  /** The members of the JSON object, in the order in which they are written. */
  Map<String, Object> members() {
    var members = new LinkedHashMap<String, Object>();
    members.put("id", id);
    members.put("uri", uri());
    members.put("text", text);
    members.put("createdAt", createdAt.toString());
    return members;
  }
}
