package dev.gatehouse.internal.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A response that may become an event stream. It reports the stream to its {@link
 * ResponseLifetime}, through which all writes go, so that they fail once the stream has ended.
 *
 * <p>It opens the stream of a GET request as soon as the servlet has started async processing and
 * has got the writer or the output stream: sends the headers and an empty comment, which clients
 * ignore (HTML Living Standard §9.2.6). The MCP Java SDK delays the headers until the first event,
 * so clients that wait for them hang:
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

  private final ResponseLifetime lifetime;
  private final boolean forGet;

  /** At most one of them is not null (Servlet specification §5.1). */
  private @Nullable EventStreamWriter writer;

  private @Nullable EventStreamOutput output;

  /** Whether the body may have begun, so that a comment could damage it. */
  private boolean begun;

  private EventStreamResponse(
      HttpServletRequest request, HttpServletResponse response, ResponseLifetime lifetime) {
    super(response);
    this.request = request;
    this.lifetime = lifetime;
    this.forGet = request.getMethod().equals("GET");
  }

  /**
   * Wraps a response that may become an event stream: not that of an include, which writes into a
   * stream that another servlet has opened.
   *
   * @return the wrapped response, or {@code response} itself
   */
  public static HttpServletResponse wrap(
      HttpServletRequest request, HttpServletResponse response, ResponseLifetime lifetime) {
    return request.getDispatcherType() == DispatcherType.INCLUDE
        ? response
        : new EventStreamResponse(request, response, lifetime);
  }

  private static @Nullable EventStreamResponse find(ServletResponse response) {
    ServletResponse inner = response;
    while (!(inner instanceof EventStreamResponse)) {
      if (!(inner instanceof ServletResponseWrapper wrapper)) {
        return null;
      }
      inner = ForwardedResponse.inside(wrapper);
    }
    return (EventStreamResponse) inner;
  }

  /**
   * Opens the stream if this is one. Called before anyone else gets the async context.
   *
   * @param wrapped what the rest of the chain got as response
   * @param given what the servlet starts async processing with
   * @return what the servlet gets instead of the container's context
   */
  public static AsyncContext asyncStarted(
      AsyncContext started,
      ResponseLifetime lifetime,
      HttpServletResponse wrapped,
      ServletRequest givenRequest,
      ServletResponse given) {
    AsyncContext context = lifetime.asyncStarted(started, givenRequest, given);
    EventStreamResponse stream = find(wrapped);
    if (stream != null) {
      try {
        stream.openIfAsync();
      } catch (IOException e) {
        // The client has gone, which the servlet learns when it writes.
      }
    }
    return context;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    if (writer == null) { // otherwise not the container's, which may have recycled its response
      writer = new EventStreamWriter(super.getWriter(), this);
    }
    openIfAsync();
    return writer;
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    if (output == null) {
      output = new EventStreamOutput(super.getOutputStream(), this);
    }
    openIfAsync();
    return output;
  }

  private void openIfAsync() throws IOException {
    if (lifetime.isEnded() || (writer == null && output == null) || !isEventStream()) {
      return;
    }
    lifetime.opened(this::closeBody);
    if (forGet && !lifetime.isEnded() && request.isAsyncStarted() && !isCommitted()) {
      flushBuffer();
    }
  }

  /** Ends the body as the servlet would. */
  private void closeBody() throws IOException {
    if (writer != null) {
      writer.target().close();
    } else if (output != null) {
      output.target().close();
    }
  }

  @Override
  public void flushBuffer() throws IOException {
    flush(super::flushBuffer);
  }

  /** Flushes the response or its body. */
  void flush(IoAction flush) throws IOException {
    if (!mayEnd()) {
      flush.run();
      return;
    }
    lifetime.write(
        () -> {
          reportIfNew();
          if (mayComment()) {
            comment();
          }
          flush.run();
        });
  }

  /** Writes to the body. */
  void write(IoAction write) throws IOException {
    if (!mayEnd()) {
      begun = true;
      write.run();
      return;
    }
    lifetime.write(
        () -> {
          reportIfNew();
          begun = true;
          write.run();
        });
  }

  /** Whether this is an event stream: nothing else ends with its token. */
  private boolean mayEnd() {
    return lifetime.isStream() || (!begun && isEventStream());
  }

  /** Closes the body, unless that has been done at the end of the token. */
  void close(IoAction close) throws IOException {
    if (!lifetime.isEnded()) {
      write(close);
    }
  }

  boolean isEnded() {
    return lifetime.isEnded();
  }

  /** The servlet may choose the type after it has got the body. */
  private void reportIfNew() throws IOException {
    if (!begun && (writer != null || output != null) && isEventStream()) {
      lifetime.opened(this::closeBody);
      lifetime.throwIfEnded();
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
    lifetime.lock();
    try {
      begun = true;
    } finally {
      lifetime.unlock();
    }
  }

  /** What the container calls instead of a listener of the servlet. */
  WriteListener nonBlocking(ServletOutputStream target, WriteListener listener) {
    return lifetime.nonBlocking(new NonBlockingStream(target, listener, lifetime));
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
        && forGet
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
