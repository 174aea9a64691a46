package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response that stores the status and the content type, counts headers and bytes, and discards
 * the rest. The writer is reused, as in containers.
 */
final class StubResponse extends HttpServletResponseWrapper {

  private final Sink sink = new Sink();
  private final PrintWriter writer = new PrintWriter(new OutputStreamWriter(sink, UTF_8), false);
  private int status = SC_OK;
  private @Nullable String contentType;
  private int headers;

  StubResponse() {
    super(UnsupportedStub.of(HttpServletResponse.class));
  }

  StubResponse cleared() {
    status = SC_OK;
    headers = 0;
    contentType = null;
    sink.clear();
    return this;
  }

  /** Sets whether the body is kept, for a check; during a measurement it is not. */
  void record(boolean on) {
    sink.copy = on ? new ByteArrayOutputStream() : null;
  }

  String recorded() {
    return sink.copy == null ? "" : sink.copy.toString(UTF_8);
  }

  /** A value that depends on everything written, for the black hole of JMH. */
  int outcome() {
    return status + headers + sink.bytes;
  }

  @Override
  public int getStatus() {
    return status;
  }

  @Override
  public void setStatus(int status) {
    this.status = status;
  }

  @Override
  public void sendError(int status) {
    this.status = status;
  }

  @Override
  public void sendError(int status, String message) {
    this.status = status;
  }

  @Override
  public void setHeader(String name, String value) {
    headers++;
  }

  @Override
  public void addHeader(String name, String value) {
    headers++;
  }

  @Override
  public void setDateHeader(String name, long value) {
    headers++;
  }

  @Override
  public boolean containsHeader(String name) {
    return false;
  }

  @Override
  public @Nullable String getHeader(String name) {
    return name.equalsIgnoreCase("Content-Type") ? contentType : null;
  }

  @Override
  public Collection<String> getHeaders(String name) {
    return List.of();
  }

  @Override
  public void setContentType(@Nullable String type) {
    headers++;
    contentType = type;
  }

  @Override
  public @Nullable String getContentType() {
    return contentType;
  }

  @Override
  public void setCharacterEncoding(@Nullable String charset) {
    headers++;
  }

  @Override
  public String getCharacterEncoding() {
    return "UTF-8";
  }

  @Override
  public void setContentLengthLong(long length) {
    headers++;
  }

  @Override
  public void setContentLength(int length) {
    headers++;
  }

  @Override
  public boolean isCommitted() {
    return false;
  }

  @Override
  public int getBufferSize() {
    return 32 * 1024;
  }

  @Override
  public void resetBuffer() {
    sink.clear();
  }

  @Override
  public void flushBuffer() {
    writer.flush();
  }

  @Override
  public ServletOutputStream getOutputStream() {
    return sink;
  }

  @Override
  public PrintWriter getWriter() {
    return writer;
  }

  /** What a container does at the end of a response. */
  void end() {
    writer.flush();
  }

  private static final class Sink extends ServletOutputStream {

    private int bytes;
    private @Nullable ByteArrayOutputStream copy;

    void clear() {
      bytes = 0;
      if (copy != null) {
        copy.reset();
      }
    }

    @Override
    public void write(int b) {
      bytes++;
      if (copy != null) {
        copy.write(b);
      }
    }

    @Override
    public void write(byte[] data, int offset, int length) {
      bytes += length;
      if (copy != null) {
        copy.write(data, offset, length);
      }
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      throw new UnsupportedOperationException("the stub does not support asynchronous writing");
    }
  }
}
