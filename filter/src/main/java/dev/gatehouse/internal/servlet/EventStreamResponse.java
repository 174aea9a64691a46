package dev.gatehouse.internal.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * Sends the headers of an event stream as soon as the servlet gets the writer or the output stream.
 * The MCP Java SDK delays them until the first event, so clients that wait for them hang.
 *
 * <p>This is the only safe moment: the servlet has set its headers, and no other thread can write
 * to the stream at the same time, because only the container's thread knows it.
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
