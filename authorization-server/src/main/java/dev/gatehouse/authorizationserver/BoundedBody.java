package dev.gatehouse.authorizationserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads a request's body, however it is sent, up to a limit. */
final class BoundedBody {
  /**
   * Far more than any message here has; the longest part is a signed assertion or a set of keys.
   */
  static final int LONGEST = 64 * 1024;

  private static final int MOST_IGNORED = 1024 * 1024;

  private BoundedBody() {}

  /** Gives the body, or nothing when it is too large. */
  static Optional<String> read(HttpServletRequest request) throws IOException {
    InputStream in = request.getInputStream();
    byte[] body = in.readNBytes(LONGEST + 1);
    if (body.length > LONGEST) {
      // Most of the rest is read as well: who is still sending would miss the answer.
      ignoreRest(in);
      return Optional.empty();
    }
    return Optional.of(new String(body, UTF_8));
  }

  private static void ignoreRest(InputStream in) throws IOException {
    byte[] buffer = new byte[LONGEST];
    int left = MOST_IGNORED;
    for (int read = in.read(buffer); read >= 0 && left > 0; read = in.read(buffer)) {
      left -= read;
    }
  }
}
