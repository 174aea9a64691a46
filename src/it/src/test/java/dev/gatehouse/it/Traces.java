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
 * Finds a text in a file of any kind, in the forms in which a JVM has it: as bytes, as two-byte
 * characters of either order, and each of these in Base64, wherever in the encoded whole it began.
 */
final class Traces {
  private static final int CHUNK = 16 * 1024 * 1024;
  private static final int CONTEXT = 60;

  /** By what they are called; bytes as characters, which is how the JVM searches fastest. */
  private final Map<String, String> needles = new LinkedHashMap<>();

  private Traces() {}

  /** By the names that a finding is to have. */
  static Traces of(Map<String, String> texts) {
    Traces traces = new Traces();
    texts.forEach(traces::add);
    return traces;
  }

  private void add(String name, String text) {
    addForms(name, text);
    for (int before = 0; before < 3; before++) {
      byte[] shifted = ("\0".repeat(before) + text).getBytes(UTF_8);
      String encoded = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      // The first and the last characters depend on the neighbours, too.
      String own = encoded.substring(before == 0 ? 0 : 4, encoded.length() - 2);
      addForms(name + " in Base64", own);
      addForms(name + " in Base64", own.replace('+', '-').replace('/', '_'));
    }
  }

  private void addForms(String name, String text) {
    for (Charset charset : List.of(ISO_8859_1, UTF_16BE, UTF_16LE)) {
      needles.put(new String(text.getBytes(charset), ISO_8859_1), name + " as " + charset);
    }
  }

  /** Where they are: what was found, with the bytes around it. */
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

  /** The first in this chunk is enough to tell. */
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
