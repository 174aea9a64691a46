package dev.gatehouse.bench;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A response to {@code tools/list} with two hundred tools, about 100 KiB. */
final class ToolList {

  static final int TOOLS = 200;

  /** The name of every other tool begins with this. */
  static final String WRITE = "write_";

  private static final String READ = "read_";

  private static final String TOOL =
      """
      {"name":"%s%03d","title":"Notes, operation %d","description":"Looks for the notes of the \
      given notebook that were changed in the given period and match all words of the query; the \
      result lists them from the newest to the oldest.","inputSchema":{"type":"object",\
      "properties":{"notebook":{"type":"string","description":"the id of the notebook"},\
      "query":{"type":"string"},"from":{"type":"string","format":"date-time"},\
      "limit":{"type":"integer","minimum":1,"maximum":100}},"required":["notebook"]}}""";

  private ToolList() {}

  static String message() {
    return IntStream.range(0, TOOLS)
        .mapToObj(i -> TOOL.formatted(i % 2 == 0 ? READ : WRITE, i, i))
        .collect(
            Collectors.joining(
                ",", "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"tools\":[", "]}}"));
  }
}
