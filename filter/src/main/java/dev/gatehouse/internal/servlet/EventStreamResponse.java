package dev.gatehouse.internal.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Sends the headers of an event stream as soon as the stream is opened. The MCP Java SDK holds them
 * back until the first event, and clients that wait for them hang.
 *
 * <p>A servlet asks for the writer when its headers are set, on the container's thread and before
 * any other thread knows the stream: the one moment at which a flush meets no write.
 */
public final class EventStreamResponse extends HttpServletResponseWrapper {

  public EventStreamResponse(HttpServletResponse response) {
    super(response);
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    PrintWriter writer = super.getWriter();
    flushIfEventStream();
    return writer;
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    ServletOutputStream stream = super.getOutputStream();
    flushIfEventStream();
    return stream;
  }

  private void flushIfEventStream() throws IOException {
    String type = getContentType();
    if (type != null
        && type.toLowerCase(Locale.ROOT).startsWith("text/event-stream")
        && !isCommitted()) {
      flushBuffer();
    }
  }
}
