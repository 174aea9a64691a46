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
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Opens an event stream as soon as the servlet has started async processing and has got the writer
 * or the output stream: sends the headers and an empty comment, which clients ignore (HTML Living
 * Standard §9.2.6). The MCP Java SDK delays the headers until the first event, so clients that wait
 * for them hang:
 *
 * <pre>
 * HTTP/1.1 200 OK
 * Content-Type: text/event-stream
 *
 * :
 * </pre>
 *
 * <p>The comment is necessary because some containers, such as Open Liberty, do not flush a
 * response whose body is still empty. If the servlet itself flushes an empty stream, the comment
 * goes first for the same reason.
 *
 * <p>The stream is opened by the later of the two calls, and in the thread that makes it. Earlier,
 * the servlet may still change its status and headers. Later, other threads may write: what they
 * write through this response waits for the comment or precedes it, so that no event is torn.
 */
public final class EventStreamResponse extends HttpServletResponseWrapper {

  /** What the container's response or body does. */
  @FunctionalInterface
  interface IoAction {
    void run() throws IOException;
  }

  private static final String COMMENT = ":\n\n";

  /** Encodings in which the comment has the same bytes; event streams must be in UTF-8. */
  private static final Set<String> ASCII_COMPATIBLE = Set.of("utf-8", "iso-8859-1", "us-ascii");

  private final HttpServletRequest request;

  /** Held while anything writes; no monitor, which would pin virtual threads. */
  private final ReentrantLock writing = new ReentrantLock();

  /** At most one of them is not null (Servlet specification §5.1). */
  private @Nullable EventStreamWriter writer;

  private @Nullable EventStreamOutput output;

  /** Whether the body may have begun, so that a comment could damage it. */
  private boolean begun;

  private EventStreamResponse(HttpServletRequest request, HttpServletResponse response) {
    super(response);
    this.request = request;
  }

  /**
   * Wraps a response that may become an event stream: that of a GET request, unless it is an
   * include, which writes into a stream that another servlet has opened.
   *
   * @return the wrapped response, or {@code response} itself
   */
  public static HttpServletResponse wrap(HttpServletRequest request, HttpServletResponse response) {
    return !(response instanceof EventStreamResponse)
            && request.getMethod().equals("GET")
            && request.getDispatcherType() != DispatcherType.INCLUDE
        ? new EventStreamResponse(request, response)
        : response;
  }

  /** Opens the stream if this is one. Called before anyone else gets the async context. */
  public static void asyncStarted(HttpServletResponse response) {
    if (response instanceof EventStreamResponse stream) {
      try {
        stream.openIfAsync();
      } catch (IOException e) {
        // The client has gone, which the servlet learns when it writes.
      }
    }
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    PrintWriter target = super.getWriter();
    if (writer == null) {
      writer = new EventStreamWriter(target, this);
    }
    openIfAsync();
    return writer;
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    ServletOutputStream target = super.getOutputStream();
    if (output == null) {
      output = new EventStreamOutput(target, this);
    }
    openIfAsync();
    return output;
  }

  private void openIfAsync() throws IOException {
    if ((writer != null || output != null)
        && request.isAsyncStarted()
        && isEventStream()
        && !isCommitted()) {
      flushBuffer();
    }
  }

  @Override
  public void flushBuffer() throws IOException {
    flush(super::flushBuffer);
  }

  /** Flushes the response or its body. */
  void flush(IoAction flush) throws IOException {
    writing.lock();
    try {
      if (mayComment()) {
        comment();
      }
      flush.run();
    } finally {
      writing.unlock();
    }
  }

  /** Writes to the body. */
  void write(IoAction write) throws IOException {
    writing.lock();
    try {
      begun = true;
      write.run();
    } finally {
      writing.unlock();
    }
  }

  private void comment() throws IOException {
    begun = true;
    if (writer != null) {
      writer.target().write(COMMENT);
      writer.target().flush();
    } else if (output != null) {
      output.target().print(COMMENT);
      output.target().flush();
    }
  }

  /** After it, no comment is written. */
  void begin() {
    writing.lock();
    try {
      begun = true;
    } finally {
      writing.unlock();
    }
  }

  /** RFC 9110 §8.3.1: the type is case-insensitive and may have parameters. */
  private boolean isEventStream() {
    String type = getContentType();
    if (type == null) {
      return false;
    }
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters))
        .strip()
        .equalsIgnoreCase("text/event-stream");
  }

  /** Whether the body is empty, and the comment neither breaks its encoding nor its length. */
  private boolean mayComment() {
    return !begun
        && (writer != null || output != null)
        && isEventStream()
        && !isCommitted()
        && getStatus() == SC_OK
        && !containsHeader("Content-Length")
        && !containsHeader("Content-Encoding")
        && isAsciiCompatible(getCharacterEncoding());
  }

  private static boolean isAsciiCompatible(@Nullable String encoding) {
    return encoding == null || ASCII_COMPATIBLE.contains(encoding.toLowerCase(Locale.ROOT));
  }

  /** After it, the servlet may choose between writer and output stream anew. */
  @Override
  public void reset() {
    super.reset();
    writer = null;
    output = null;
    begun = false;
  }

  @Override
  public void resetBuffer() {
    super.resetBuffer();
    begun = false;
  }
}
