package dev.gatehouse.internal.mcp;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** The output stream that a servlet gets. */
final class FilteredOutput extends ServletOutputStream {

  private final ResponseBody body;

  FilteredOutput(ResponseBody body) {
    this.body = body;
  }

  @Override
  public void write(int octet) throws IOException {
    body.write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] octets, int offset, int length) throws IOException {
    body.write(octets, offset, length);
  }

  /** The inherited method writes ISO 8859-1; Jetty's writes the encoding of the response. */
  @Override
  public void print(String text) throws IOException {
    byte[] octets = text.getBytes(body.charset());
    body.write(octets, 0, octets.length);
  }

  @Override
  public void flush() throws IOException {
    body.flush();
  }

  @Override
  public void close() throws IOException {
    body.close();
  }

  @Override
  public boolean isReady() {
    return body.isReady();
  }

  @Override
  public void setWriteListener(WriteListener listener) {
    body.setWriteListener(listener);
  }
}
