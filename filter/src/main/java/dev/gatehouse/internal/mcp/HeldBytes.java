package dev.gatehouse.internal.mcp;

import java.io.ByteArrayOutputStream;

/** Bytes that wait for a decision, to be read without copying them. */
final class HeldBytes extends ByteArrayOutputStream {

  private static final int FIRST = 32;

  /** A buffer that has grown beyond this is not kept: a stream may be open for hours. */
  private static final int KEPT = 8 << 10;

  /** The bytes from 0 to {@link #size()}, until the next call of another method. */
  byte[] array() {
    return buf;
  }

  @Override
  public synchronized void reset() {
    super.reset();
    if (buf.length > KEPT) {
      buf = new byte[FIRST];
    }
  }

  void moveTo(ByteArrayOutputStream target) {
    target.write(buf, 0, count);
    reset();
  }
}
