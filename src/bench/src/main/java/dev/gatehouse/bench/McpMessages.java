package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.IntFunction;

/** The MCP messages of the benchmarks, and rules for them. */
final class McpMessages {

  /** The tool that all calls name. */
  static final String TOOL = "add_note";

  /** A tool that no token of the stub may use, according to the rules. */
  static final String FORBIDDEN_TOOL = "purge_all_notes";

  static final String LIST =
      "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\",\"params\":{}}";

  private static final int KIB = 1024;

  private static final String SENTENCE =
      "Reminder für Anna: the \\\"quarterly\\\" review moves to Thursday, 10:30, in the room next to"
          + " the library; bring last year's figures and ask Jörg whether he has time.\\n";

  private McpMessages() {}

  /** A call with nested arguments, of 1 KiB. */
  static byte[] small() {
    return padded(
        TOOL,
        "\"title\":\"Review\",\"notebook\":{\"id\":\"6f1c2a\",\"labels\":[\"work\",\"2026\"],"
            + "\"owner\":{\"name\":\"Anna\",\"team\":\"Sales\"}},\"remind\":{\"at\":"
            + "\"2026-12-03T10:30:00Z\",\"before\":[15,60,1440],\"repeat\":false},\"priority\":2",
        KIB);
  }

  /** A call of another tool. */
  static byte[] forbidden() {
    return padded(FORBIDDEN_TOOL, "\"notebook\":\"all\"", KIB);
  }

  /** A call with one long text, of 1 MiB. */
  static byte[] longText() {
    return padded(TOOL, "\"title\":\"Everything\"", KIB * KIB);
  }

  /** A call with some fifteen thousand small objects, of 1 MiB. */
  static byte[] manyValues() {
    String rows =
        repeated(
            KIB * KIB - 8 * KIB,
            i ->
                "{\"id\":%d,\"title\":\"note %d\",\"done\":%b,\"weight\":%d.25,\"tags\":[\"a\",\"b\"]},"
                    .formatted(i, i, i % 3 == 0, i % 100));
    return padded(TOOL, "\"notes\":[" + rows.substring(0, rows.length() - 1) + "]", KIB * KIB);
  }

  /** The result of a call, one text of 1 MiB. */
  static String result() {
    String begin =
        "{\"jsonrpc\":\"2.0\",\"id\":42,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"";
    return begin + repeated(KIB * KIB, i -> SENTENCE) + "\"}],\"isError\":false}}";
  }

  /** Adds a text to the arguments, so that the message has this many bytes. */
  private static byte[] padded(String tool, String arguments, int bytes) {
    String begin =
        "{\"jsonrpc\":\"2.0\",\"id\":42,\"method\":\"tools/call\",\"params\":{\"name\":\""
            + tool
            + "\",\"arguments\":{"
            + arguments
            + ",\"text\":\"";
    String end = "\"},\"_meta\":{\"progressToken\":\"c0ffee-42\"}}}";
    int room = bytes - (begin + end).getBytes(UTF_8).length;
    String text = repeated(room - SENTENCE.getBytes(UTF_8).length, i -> SENTENCE);
    return (begin + text + ".".repeat(room - text.getBytes(UTF_8).length) + end).getBytes(UTF_8);
  }

  private static String repeated(int maxBytes, IntFunction<String> part) {
    StringBuilder text = new StringBuilder();
    int bytes = 0;
    for (int i = 0; bytes < maxBytes; i++) {
      String next = part.apply(i);
      text.append(next);
      bytes += next.getBytes(UTF_8).length;
    }
    return text.toString();
  }
}
