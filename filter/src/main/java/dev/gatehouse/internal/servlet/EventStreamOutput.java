package dev.gatehouse.internal.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** An output stream that tells its response when the body begins, and when it is flushed. */
final class EventStreamOutput extends ServletOutputStream {

  private final ServletOutputStream target;
  private final EventStreamResponse response;

  EventStreamOutput(ServletOutputStream target, EventStreamResponse response) {
    this.target = target;
    this.response = response;
  }

  ServletOutputStream target() {
    return target;
  }

  @Override
  public void write(int octet) throws IOException {
    response.write(() -> target.write(octet));
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    response.write(() -> target.write(octets, offset, length));
  }

  /** The inherited method writes ISO 8859-1; Jetty's writes the encoding of the response. */
  @Override
  public void print(String text) throws IOException {
    response.write(() -> target.print(text));
  }

  @Override
  public void println(String text) throws IOException {
    response.write(() -> target.println(text));
  }

  @Override
  public void flush() throws IOException {
    response.flush(target::flush);
  }

  @Override
  public void close() throws IOException {
    response.close(target::close);
  }

  @Override
  public boolean isReady() {
    return response.isEnded() || target.isReady(); // then a write fails, and ends a loop
  }

  /** From now on, only the listener may write, and only when the stream is ready. */
  @Override
  public void setWriteListener(WriteListener listener) {
    response.begin();
    target.setWriteListener(response.nonBlocking(target, listener));
  }
}
