package dev.gatehouse.internal.mcp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Replacements of parts of a text, which leave the bytes between them as they are. */
final class Edits {

  /**
   * Offsets count from the beginning of the text.
   *
   * @param replacement empty to remove the part
   */
  private record Edit(int start, int end, String replacement) {}

  private final List<Edit> edits = new ArrayList<>();

  void remove(int start, int end) {
    edits.add(new Edit(start, end, ""));
  }

  void replace(int start, int end, String replacement) {
    edits.add(new Edit(start, end, replacement));
  }

  boolean isEmpty() {
    return edits.isEmpty();
  }

  /**
   * Writes the text with the edits, which must not overlap.
   *
   * @param bytes contain the text
   * @param start where it begins
   * @param end where it ends
   */
  void write(byte[] bytes, int start, int end, ByteTarget out) throws IOException {
    edits.sort(Comparator.comparingInt(Edit::start));
    int at = start;
    for (Edit edit : edits) {
      writePart(bytes, at, start + edit.start, out);
      byte[] replacement = edit.replacement.getBytes(StandardCharsets.UTF_8);
      writePart(replacement, 0, replacement.length, out);
      at = start + edit.end;
    }
    writePart(bytes, at, end, out);
  }

  private static void writePart(byte[] bytes, int start, int end, ByteTarget out)
      throws IOException {
    if (end > start) {
      out.write(bytes, start, end - start);
    }
  }
}
