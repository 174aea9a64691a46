package dev.gatehouse.internal.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens an event stream as soon as the servlet gets the writer or the output stream: sends the
 * headers and an empty comment, which clients ignore (HTML Living Standard §9.2.6). The MCP Java
 * SDK delays the headers until the first event, so clients that wait for them hang:
 *
 * <pre>
 * HTTP/1.1 200 OK
 * Content-Type: text/event-stream
 *
 * :
 * </pre>
 *
 * <p>The comment is necessary because some containers, such as Open Liberty, do not flush a
 * response whose body is still empty.
 *
 * <p>This is the only safe moment: the servlet has set its headers, and no other thread can write
 * to the stream at the same time, because only the container's thread knows it.
 */
public final class EventStreamResponse extends HttpServletResponseWrapper {

  private static final String COMMENT = ":\n\n";

  /** Encodings in which the comment has the same bytes; event streams must be in UTF-8. */
  private static final Set<String> ASCII_COMPATIBLE = Set.of("utf-8", "iso-8859-1", "us-ascii");

  /** Whether the servlet may have written something. */
  private boolean inUse;

  private EventStreamResponse(HttpServletResponse response) {
    super(response);
  }

  /**
   * Wraps a response that may become an event stream: that of a GET request, unless it is an
   * include, which writes into a stream that another servlet has opened.
   *
   * @return the wrapped response, or {@code response} itself
   */
  public static HttpServletResponse wrap(HttpServletRequest request, HttpServletResponse response) {
    return request.getMethod().equals("GET")
            && request.getDispatcherType() != DispatcherType.INCLUDE
        ? new EventStreamResponse(response)
        : response;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    PrintWriter writer = super.getWriter();
    if (opensEventStream()) {
      if (mayComment()) {
        writer.write(COMMENT);
        writer.flush();
      }
      flushBuffer();
    }
    inUse = true;
    return writer;
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    ServletOutputStream stream = super.getOutputStream();
    if (opensEventStream()) {
      if (mayComment()) {
        stream.print(COMMENT);
        stream.flush();
      }
      flushBuffer();
    }
    inUse = true;
    return stream;
  }

  private boolean opensEventStream() {
    String type = getContentType();
    return type != null && isEventStream(type) && !isCommitted();
  }

  /** RFC 9110 §8.3.1: the type is case-insensitive and may have parameters. */
  private static boolean isEventStream(String type) {
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters))
        .strip()
        .equalsIgnoreCase("text/event-stream");
  }

  /** Whether the body is empty, and the comment neither breaks its encoding nor its length. */
  private boolean mayComment() {
    return !inUse
        && getStatus() == SC_OK
        && !containsHeader("Content-Length")
        && !containsHeader("Content-Encoding")
        && isAsciiCompatible(getCharacterEncoding());
  }

  private static boolean isAsciiCompatible(@Nullable String encoding) {
    return encoding == null || ASCII_COMPATIBLE.contains(encoding.toLowerCase(Locale.ROOT));
  }

  @Override
  public void reset() {
    super.reset();
    inUse = false;
  }
}
