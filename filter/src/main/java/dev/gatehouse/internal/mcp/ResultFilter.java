package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Filters the lists of one result, and marks a result that has one as private: it depends on the
 * caller (MCP 2026-07-28, Caching). Results of older revisions, which do not know {@code
 * cacheScope}, get no such member.
 */
final class ResultFilter {

  private static final Map<String, ListMethod> BY_MEMBER =
      Arrays.stream(ListMethod.values())
          .collect(Collectors.toUnmodifiableMap(ListMethod::listMember, Function.identity()));

  /** The members of results of the revision that knows {@code cacheScope}. */
  private static final Set<String> CACHEABLE = Set.of("ttlMs", "resultType");

  private final ListVisibility lists;
  private final JsonParser parser;
  private final Edits edits;

  ResultFilter(ListVisibility lists, JsonParser parser, Edits edits) {
    this.lists = lists;
    this.parser = parser;
    this.edits = edits;
  }

  /**
   * Reads the object at whose beginning the parser is.
   *
   * @return why the result must not be sent; null if the edits make it good
   */
  @Nullable String filter() throws IOException {
    int start = MessageFilter.tokenStart(parser);
    boolean hasList = false;
    boolean isCacheable = false;
    int scopeStart = -1;
    int scopeEnd = -1;
    KeySet seen = new KeySet();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (!seen.add(name)) {
        return "a duplicate member of a result";
      }
      parser.nextToken();
      ListMethod method = BY_MEMBER.get(name);
      if (method != null) {
        hasList = true;
        String problem = list(method);
        if (problem != null) {
          return problem;
        }
      } else if (name.equals("cacheScope")) {
        scopeStart = MessageFilter.tokenStart(parser);
        parser.skipChildren();
        parser.finishToken();
        scopeEnd = MessageFilter.position(parser);
      } else {
        isCacheable |= CACHEABLE.contains(name);
        parser.skipChildren();
      }
    }
    if (hasList && scopeStart >= 0) {
      edits.replace(scopeStart, scopeEnd, "\"private\"");
    } else if (hasList && isCacheable) {
      edits.replace(start + 1, start + 1, "\"cacheScope\":\"private\",");
    }
    return null;
  }

  private @Nullable String list(ListMethod method) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return "a list that is no array";
    }
    KeySet seen = new KeySet();
    boolean anyKept = false;
    int begin = -1; // of the first entry
    int end = -1; // of the latest entry
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        return "a list entry that is no object";
      }
      int start = MessageFilter.tokenStart(parser);
      begin = begin < 0 ? start : begin;
      seen.clear();
      String name = null;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String member = parser.currentName();
        if (!seen.add(member)) {
          return "a duplicate member of a list entry";
        }
        JsonToken value = parser.nextToken();
        if (member.equals(method.nameMember())) {
          if (value != JsonToken.VALUE_STRING) {
            return "a list entry whose " + member + " is no string";
          }
          name = parser.getText();
        } else {
          parser.skipChildren();
        }
      }
      if (name == null) {
        return "a list entry without " + method.nameMember();
      }
      boolean isKept = lists.isVisible(method, name);
      int entryEnd = MessageFilter.position(parser);
      if (isKept && !anyKept && begin < start) {
        edits.remove(begin, start); // the hidden entries before the first one that is kept
      } else if (!isKept && anyKept) {
        edits.remove(end, entryEnd); // with the comma before it
      }
      anyKept |= isKept;
      end = entryEnd;
    }
    if (!anyKept && begin >= 0) {
      edits.remove(begin, end);
    }
    return null;
  }
}
