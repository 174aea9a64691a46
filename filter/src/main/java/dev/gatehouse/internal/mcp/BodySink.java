package dev.gatehouse.internal.mcp;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Where a filtered body goes: the container's writer or output stream. */
interface BodySink extends ByteTarget {

  void flush() throws IOException;

  void close() throws IOException;

  /** A sink that writes UTF-8, in parts that end between characters. */
  static BodySink to(PrintWriter writer) {
    return new BodySink() {
      @Override
      public void write(byte[] bytes, int offset, int length) {
        writer.write(new String(bytes, offset, length, StandardCharsets.UTF_8));
      }

      @Override
      public void flush() {
        writer.flush();
      }

      @Override
      public void close() {
        writer.close();
      }
    };
  }
}
