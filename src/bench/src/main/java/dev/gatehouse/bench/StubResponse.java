package dev.gatehouse.bench;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A response that stores the status, counts headers and bytes, and discards the rest. */
final class StubResponse extends HttpServletResponseWrapper {

  private final Sink sink = new Sink();
  private int status = SC_OK;
  private int headers;

  StubResponse() {
    super(UnsupportedStub.of(HttpServletResponse.class));
  }

  StubResponse cleared() {
    status = SC_OK;
    headers = 0;
    sink.bytes = 0;
    return this;
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
    return null;
  }

  @Override
  public Collection<String> getHeaders(String name) {
    return List.of();
  }

  @Override
  public void setContentType(String type) {
    headers++;
  }

  @Override
  public @Nullable String getContentType() {
    return null;
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
  public ServletOutputStream getOutputStream() {
    return sink;
  }

  private static final class Sink extends ServletOutputStream {

    private int bytes;

    @Override
    public void write(int b) {
      bytes++;
    }

    @Override
    public void write(byte[] data, int offset, int length) {
      bytes += length;
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
