package dev.gatehouse.bench;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

/** The body of a request that is sent again and again; its cost is one copy. */
final class StubBody extends ServletInputStream {

  private final byte[] content;
  private int position;

  StubBody(byte[] content) {
    this.content = content;
  }

  void rewind() {
    position = 0;
  }

  int length() {
    return content.length;
  }

  @Override
  public int read() {
    return position < content.length ? content[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    if (position >= content.length) {
      return -1;
    }
    int count = Math.min(length, content.length - position);
    System.arraycopy(content, position, target, offset, count);
    position += count;
    return count;
  }

  @Override
  public int available() {
    return content.length - position;
  }

  @Override
  public boolean isFinished() {
    return position >= content.length;
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public void setReadListener(ReadListener listener) {
    throw new UnsupportedOperationException("the stub does not support asynchronous reading");
  }
}
