package dev.gatehouse.authorizationserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Optional;

/** Reads a request's body, however it is sent, up to a limit. */
final class BoundedBody {
  /**
   * Far more than any message here has; the longest part is a signed assertion or a set of keys.
   */
  static final int LONGEST = 64 * 1024;

  private BoundedBody() {}

  /** Gives the body, or nothing when it is too large. */
  static Optional<String> read(HttpServletRequest request) throws IOException {
    if (request.getContentLengthLong() > LONGEST) {
      return Optional.empty();
    }
    byte[] body = request.getInputStream().readNBytes(LONGEST + 1);
    return body.length > LONGEST ? Optional.empty() : Optional.of(new String(body, UTF_8));
  }
}
