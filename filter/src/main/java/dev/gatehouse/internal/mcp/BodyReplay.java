package dev.gatehouse.internal.mcp;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request whose body has been read, for the rest of the filter chain and the servlet: it offers
 * the same bytes again, once, and as UTF-8, whatever the container would assume.
 *
 * <p>Its length is known, so it has a {@code Content-Length} and no {@code Transfer-Encoding}.
 */
public final class BodyReplay extends HttpServletRequestWrapper {

  private static final String LENGTH = "Content-Length";
  private static final String CODING = "Transfer-Encoding";

  private final State state;

  /** How far a body has been read. It is the same in all dispatches of a request. */
  private static final class State {
    final McpBody body;
    final ReplayInput input;
    private HttpServletRequest request;
    private @Nullable BufferedReader reader;
    private boolean isStreaming;

    State(McpBody body, HttpServletRequest request) {
      this.body = body;
      this.request = request;
      this.input = new ReplayInput(body.bytes(), this::context);
    }

    /** Throws IllegalStateException if the request is not asynchronous, as Servlet 6.0 demands. */
    private AsyncContext context() {
      return request.getAsyncContext();
    }

    ServletInputStream stream() {
      if (reader != null) {
        throw new IllegalStateException("getReader() has been called for this request");
      }
      isStreaming = true;
      return input;
    }

    BufferedReader reader() {
      if (isStreaming) {
        throw new IllegalStateException("getInputStream() has been called for this request");
      }
      if (reader == null) {
        reader = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
      }
      return reader;
    }
  }

  private BodyReplay(HttpServletRequest request, State state) {
    super(request);
    this.state = state;
  }

  /** The request with a body that has been read from it. */
  public static BodyReplay of(HttpServletRequest request, McpBody body) {
    return new BodyReplay(request, new State(body, request));
  }

  /**
   * The request in a later dispatch, for which the container may provide the original one. It
   * continues where the earlier dispatch has stopped reading.
   */
  public BodyReplay continuedIn(HttpServletRequest request) {
    state.request = request;
    return new BodyReplay(request, state);
  }

  /** The body that has been read. */
  public McpBody body() {
    return state.body;
  }

  @Override
  public ServletInputStream getInputStream() {
    return state.stream();
  }

  @Override
  public BufferedReader getReader() {
    return state.reader();
  }

  /** RFC 8259 §8.1. The container's default would be another one. */
  @Override
  public String getCharacterEncoding() {
    return StandardCharsets.UTF_8.name();
  }

  @Override
  public int getContentLength() {
    return state.body.bytes().length;
  }

  @Override
  public long getContentLengthLong() {
    return state.body.bytes().length;
  }

  @Override
  public @Nullable String getHeader(String name) {
    if (LENGTH.equalsIgnoreCase(name)) {
      return Integer.toString(getContentLength());
    }
    return CODING.equalsIgnoreCase(name) ? null : super.getHeader(name);
  }

  @Override
  public int getIntHeader(String name) {
    if (LENGTH.equalsIgnoreCase(name)) {
      return getContentLength();
    }
    return CODING.equalsIgnoreCase(name) ? -1 : super.getIntHeader(name);
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    if (LENGTH.equalsIgnoreCase(name)) {
      return Collections.enumeration(List.of(Integer.toString(getContentLength())));
    }
    return CODING.equalsIgnoreCase(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    List<String> names = new ArrayList<>(Collections.list(super.getHeaderNames()));
    names.removeIf(CODING::equalsIgnoreCase);
    if (names.stream().noneMatch(LENGTH::equalsIgnoreCase)) {
      names.add(LENGTH);
    }
    return Collections.enumeration(names);
  }
}
