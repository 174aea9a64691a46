package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds texts in a binary file in the forms that a JVM uses: as bytes, as two-byte characters of
 * either byte order, and in Base64 at any offset of the encoded data.
 */
final class TextSearch {
  private static final int CHUNK = 16 * 1024 * 1024;
  private static final int CONTEXT = 60;

  /** Names by bytes to search for; the bytes are characters, which the JVM searches fastest. */
  private final Map<String, String> needles = new LinkedHashMap<>();

  private TextSearch() {}

  /**
   * Creates a search.
   *
   * @param texts the texts to find, by the names used in the results
   */
  static TextSearch of(Map<String, String> texts) {
    TextSearch search = new TextSearch();
    texts.forEach(search::add);
    return search;
  }

  private void add(String name, String text) {
    addForms(name, text);
    for (int before = 0; before < 3; before++) {
      byte[] shifted = ("\0".repeat(before) + text).getBytes(UTF_8);
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      // The first and the last characters also depend on the adjacent bytes.
      String stable = encoded.substring(before == 0 ? 0 : 4, encoded.length() - 2);
      addForms(name + " in Base64", stable);
      addForms(name + " in Base64", stable.replace('+', '-').replace('/', '_'));
    }
  }

  private void addForms(String name, String text) {
    for (Charset charset : List.of(ISO_8859_1, UTF_16BE, UTF_16LE)) {
      needles.put(new String(text.getBytes(charset), ISO_8859_1), name + " as " + charset);
    }
  }

  /** Returns the names of the texts found, with the bytes around them. */
  List<String> in(Path file) throws IOException {
    int overlap = needles.keySet().stream().mapToInt(String::length).max().orElseThrow() - 1;
    byte[] buffer = new byte[overlap + CHUNK];
    List<String> found = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file)) {
      int kept = 0;
      for (int read = in.readNBytes(buffer, 0, CHUNK);
          read > 0;
          read = in.readNBytes(buffer, kept, CHUNK)) {
        int length = kept + read;
        String chunk = new String(buffer, 0, length, ISO_8859_1);
        needles.forEach((needle, name) -> find(needle, name, chunk, found));
        kept = Math.min(overlap, length);
        System.arraycopy(buffer, length - kept, buffer, 0, kept);
      }
    }
    return found;
  }

  /** Reports only the first occurrence in a chunk. */
  private static void find(String needle, String name, String chunk, List<String> found) {
    int at = chunk.indexOf(needle);
    if (at >= 0) {
      String around =
          chunk.substring(
              Math.max(0, at - CONTEXT), Math.min(chunk.length(), at + needle.length() + CONTEXT));
      found.add(name + ": " + around.replaceAll("[^ -~]", "."));
    }
  }
}
