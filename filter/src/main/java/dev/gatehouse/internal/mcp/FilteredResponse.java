package dev.gatehouse.internal.mcp;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A response whose body is filtered. It is committed for the servlet when the servlet flushes it,
 * even if it is still kept.
 */
final class FilteredResponse extends LengthKeepingResponse {

  private static final String CONTENT_ENCODING = "Content-Encoding";

  /** Encodings in which ASCII has the same bytes as in UTF-8. */
  private static final Set<String> ASCII_COMPATIBLE = Set.of("utf-8", "iso-8859-1", "us-ascii");

  /** RFC 9110 §8.3.2. */
  private static final Pattern CHARSET =
      Pattern.compile(";\\s*charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);

  private final ResponseBody body;
  private final boolean isForMcpClient;

  /** At most one of them is not null (Servlet specification §5.1). */
  private @Nullable FilteredWriter writer;

  private @Nullable FilteredOutput output;

  FilteredResponse(
      HttpServletResponse response,
      @Nullable String id,
      @Nullable ListVisibility lists,
      boolean isPost,
      boolean isForMcpClient) {
    super(response);
    this.isForMcpClient = isForMcpClient;
    body = new ResponseBody(this, id, lists, isPost);
  }

  @Override
  public void finish(Runnable then) throws IOException {
    body.finish(then);
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    PrintWriter target = super.getWriter();
    if (writer == null) {
      writer = new FilteredWriter(target, body);
      body.setSink(BodySink.to(target));
    }
    return writer;
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    ServletOutputStream target = super.getOutputStream();
    if (output == null) {
      output = new FilteredOutput(body);
      body.setSink(new StreamSink(target));
    }
    return output;
  }

  /** For a body that the servlet has not asked for. */
  BodySink defaultSink() throws IOException {
    return new StreamSink(super.getOutputStream());
  }

  @Override
  public void flushBuffer() throws IOException {
    body.flush();
  }

  void flushTarget() throws IOException {
    super.flushBuffer();
  }

  @Override
  public boolean isCommitted() {
    return body.isCommitted() || super.isCommitted();
  }

  private boolean isTargetCommitted() {
    return super.isCommitted();
  }

  @Override
  public void reset() {
    if (body.reset()) {
      super.reset();
      forgetContentLength();
      writer = null;
      output = null;
      body.setSink(null);
    } else {
      throw new IllegalStateException("the response is committed");
    }
  }

  @Override
  public void resetBuffer() {
    if (body.reset()) {
      super.resetBuffer();
    } else {
      throw new IllegalStateException("the response is committed");
    }
  }

  @Override
  public void sendError(int status) throws IOException {
    sendError(status, null);
  }

  @Override
  public void sendError(int status, @Nullable String message) throws IOException {
    if (isCommitted()) {
      throw new IllegalStateException("the response is committed");
    }
    if (isForMcpClient) {
      body.sendError(status, message);
    } else {
      body.discard();
      super.sendError(status, message); // the application may have a page for it
    }
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    super.sendRedirect(location);
    body.discard();
  }

  @Override
  public void sendRedirect(String location, int status) throws IOException {
    super.sendRedirect(location, status);
    body.discard();
  }

  @Override
  public void sendRedirect(String location, boolean clearBuffer) throws IOException {
    super.sendRedirect(location, clearBuffer);
    discardIf(clearBuffer);
  }

  @Override
  public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
    super.sendRedirect(location, status, clearBuffer);
    discardIf(clearBuffer);
  }

  private void discardIf(boolean clearBuffer) {
    if (clearBuffer) {
      body.discard();
    }
  }

  boolean isError() {
    return getStatus() >= SC_BAD_REQUEST;
  }

  /** RFC 9110 §15. */
  boolean hasNoBody() {
    int status = getStatus();
    return status < SC_OK || status == SC_NO_CONTENT || status == SC_NOT_MODIFIED;
  }

  /** RFC 9110 §8.3.1: the type is case-insensitive and may have parameters. */
  boolean hasType(String expected) {
    String type = getContentType();
    if (type == null) {
      return false;
    }
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters))
        .strip()
        .equalsIgnoreCase(expected);
  }

  /** Why the bytes of the body can't be read as text; null if they can. */
  @Nullable String unreadable() {
    String coding = super.getHeader(CONTENT_ENCODING);
    if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
      return "it has a Content-Encoding";
    }
    String charset = writer == null ? declaredCharset() : null;
    return charset == null || ASCII_COMPATIBLE.contains(charset) ? null : "its charset is no UTF-8";
  }

  /** Whether characters beyond ASCII are in UTF-8, as JSON must be (RFC 8259 §8.1). */
  boolean isUtf8() {
    String charset = writer == null ? declaredCharset() : null;
    return charset == null || charset.equals("utf-8");
  }

  /** Not the encoding that a container assumes for text, which it does not send. */
  private @Nullable String declaredCharset() {
    String type = getContentType();
    if (type == null) {
      return null;
    }
    Matcher parameter = CHARSET.matcher(type);
    return parameter.find() ? parameter.group(1).toLowerCase(Locale.ROOT) : null;
  }

  /**
   * Prepares for JSON in ASCII instead of the servlet's body.
   *
   * @return false if it is too late
   */
  boolean prepareReplacement(int status) {
    if (isTargetCommitted()) {
      return false;
    }
    if (super.containsHeader(CONTENT_ENCODING)) {
      resetHeaders();
    } else {
      super.resetBuffer();
    }
    super.setStatus(status);
    super.setContentType(writer == null ? "application/json;charset=UTF-8" : "application/json");
    return true;
  }

  /** Resets the response except for headers that do not describe the body. */
  private void resetHeaders() {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    for (String name : super.getHeaderNames()) {
      if (!name.toLowerCase(Locale.ROOT).startsWith("content-")) {
        headers.put(name, new ArrayList<>(super.getHeaders(name)));
      }
    }
    super.reset();
    headers.forEach(
        (name, values) -> {
          super.setHeader(name, values.get(0));
          values.subList(1, values.size()).forEach(value -> super.addHeader(name, value));
        });
    writer = null;
    body.setSink(null);
  }
}
