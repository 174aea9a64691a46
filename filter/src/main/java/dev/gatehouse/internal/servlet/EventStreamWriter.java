package dev.gatehouse.internal.servlet;

import dev.gatehouse.internal.servlet.EventStreamResponse.IoAction;
import java.io.IOException;
import java.io.PrintWriter;

/** A writer that tells its response when the body begins, and when the servlet flushes it. */
final class EventStreamWriter extends PrintWriter {

  private final PrintWriter target;
  private final EventStreamResponse response;

  EventStreamWriter(PrintWriter target, EventStreamResponse response) {
    // Not the target, on which inherited methods would synchronize: that could be a deadlock.
    super(nullWriter());
    this.target = target;
    this.response = response;
  }

  PrintWriter target() {
    return target;
  }

  @Override
  public void write(int character) {
    write(() -> target.write(character));
  }

  @Override
  public void write(char[] characters, int offset, int length) {
    write(() -> target.write(characters, offset, length));
  }

  @Override
  public void write(String text, int offset, int length) {
    write(() -> target.write(text, offset, length));
  }

  /** The inherited method would write past the others. */
  @Override
  public void println() {
    write(target::println);
  }

  private void write(IoAction action) {
    try {
      response.write(action);
    } catch (IOException e) {
      setError();
    }
  }

  @Override
  public void flush() {
    try {
      response.flush(target::flush);
    } catch (IOException e) {
      setError();
    }
  }

  @Override
  public boolean checkError() {
    if (response.isEnded()) {
      return true;
    }
    flush();
    return target.checkError() || super.checkError();
  }

  @Override
  public void close() {
    try {
      response.close(target::close);
    } catch (IOException e) {
      setError();
    }
  }
}
