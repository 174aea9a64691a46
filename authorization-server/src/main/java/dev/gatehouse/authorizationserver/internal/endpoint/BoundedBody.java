package dev.gatehouse.authorizationserver.internal.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads a request's body, however it is sent, up to a limit. */
public final class BoundedBody {
  /**
   * Far more than any message here has; the longest part is a signed assertion or a set of keys.
   */
  static final int LONGEST = 64 * 1024;

  private static final int MAX_IGNORED = 1024 * 1024;

  private BoundedBody() {}

  /** Gives the body, or nothing when it is too large. */
  static Optional<String> read(HttpServletRequest request) throws IOException {
    return read(request, LONGEST);
  }

  public static Optional<String> read(HttpServletRequest request, int longest) throws IOException {
    InputStream in = request.getInputStream();
    byte[] body = in.readNBytes(longest + 1);
    return body.length > longest ? Optional.empty() : Optional.of(new String(body, UTF_8));
  }

  /**
   * Reads what nobody wanted, within reason, before the answer goes out: the container would close
   * the connection on a body that is left over, and who is still sending would miss the answer.
   */
  static void discardRest(HttpServletRequest request) throws IOException {
    InputStream in = request.getInputStream();
    byte[] buffer = new byte[4 * 1024];
    int left = MAX_IGNORED;
    for (int read = in.read(buffer); read >= 0 && left > 0; read = in.read(buffer)) {
      left -= read;
    }
  }
}
