package dev.gatehouse.bench;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A servlet that responds to {@code tools/list} with two hundred tools, about 100 KiB, through the
 * writer, as the servlets of the MCP Java SDK do.
 */
final class ToolList extends Chain {

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

  private final String contentType;
  private final String body;

  private ToolList(String contentType, String body) {
    this.contentType = contentType;
    this.body = body;
  }

  /** Responds in JSON. */
  static ToolList json() {
    return new ToolList("application/json", message());
  }

  /** Responds with one event. */
  static ToolList event() {
    return new ToolList("text/event-stream", "event: message\ndata: " + message() + "\n\n");
  }

  private static String message() {
    return IntStream.range(0, TOOLS)
        .mapToObj(i -> TOOL.formatted(i % 2 == 0 ? READ : WRITE, i, i))
        .collect(
            Collectors.joining(
                ",", "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"tools\":[", "]}}"));
  }

  @Override
  void serve(ServletRequest request, ServletResponse response) throws IOException {
    request.getInputStream().readAllBytes();
    response.setContentType(contentType);
    response.setCharacterEncoding("UTF-8");
    PrintWriter writer = response.getWriter();
    writer.write(body);
    writer.flush();
  }
}
