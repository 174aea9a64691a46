package dev.gatehouse.internal.mcp;

import java.io.IOException;
import java.io.PrintWriter;

/** The writer that a servlet gets. */
final class FilteredWriter extends PrintWriter {

  /** What a body does with a text. */
  @FunctionalInterface
  private interface IoAction {
    void run() throws IOException;
  }

  private final PrintWriter target;
  private final ResponseBody body;

  FilteredWriter(PrintWriter target, ResponseBody body) {
    // Not the target, on which inherited methods would synchronize: that could be a deadlock.
    super(nullWriter());
    this.target = target;
    this.body = body;
  }

  @Override
  public void write(int character) {
    run(() -> body.write(String.valueOf((char) character), target));
  }

  @Override
  public void write(char[] characters, int offset, int length) {
    run(() -> body.write(new String(characters, offset, length), target));
  }

  @Override
  public void write(String text, int offset, int length) {
    run(() -> body.write(text.substring(offset, offset + length), target));
  }

  /** The inherited method would write past the others. */
  @Override
  public void println() {
    write(System.lineSeparator());
  }

  @Override
  public void flush() {
    run(body::flush);
  }

  @Override
  public void close() {
    run(body::close);
  }

  /** The target's method would send the headers of a body that is kept. */
  @Override
  public boolean checkError() {
    flush();
    return (body.isSending() && target.checkError()) || super.checkError();
  }

  private void run(IoAction action) {
    try {
      action.run();
    } catch (IOException e) {
      setError();
    }
  }
}
