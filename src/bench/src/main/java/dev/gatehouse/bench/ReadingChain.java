package dev.gatehouse.bench;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.io.InputStream;

/** A servlet that reads the body and does nothing with it. */
final class ReadingChain extends Chain {

  private final byte[] buffer = new byte[8192];
  private int length;

  @Override
  void serve(ServletRequest request, ServletResponse response) throws IOException {
    InputStream in = request.getInputStream();
    length = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      length += count;
    }
  }

  /** The length of the last body, for a check. */
  int length() {
    return length;
  }
}
