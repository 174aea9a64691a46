package dev.gatehouse.internal.mcp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Replacements of parts of a text, which leave the bytes between them as they are. */
final class Edits {

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Edit(int start, int end, byte[] replacement) {}

  private static final byte[] NOTHING = {};

  private final List<Edit> edits = new ArrayList<>();

  void remove(int start, int end) {
    edits.add(new Edit(start, end, NOTHING));
  }

  void replace(int start, int end, String replacement) {
    edits.add(new Edit(start, end, replacement.getBytes(StandardCharsets.UTF_8)));
  }

  boolean isEmpty() {
    return edits.isEmpty();
  }

  /** The text after the edits, which must not overlap. */
  byte[] apply(byte[] text) {
    edits.sort(Comparator.comparingInt(Edit::start));
    ByteArrayOutputStream result = new ByteArrayOutputStream(text.length + 64);
    int at = 0;
    for (Edit edit : edits) {
      result.write(text, at, edit.start - at);
      result.writeBytes(edit.replacement);
      at = edit.end;
    }
    result.write(text, at, text.length - at);
    return result.toByteArray();
  }
}
