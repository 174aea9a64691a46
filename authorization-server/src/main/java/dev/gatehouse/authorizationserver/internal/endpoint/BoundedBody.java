package dev.gatehouse.authorizationserver.internal.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Reads request bodies up to a limit, with or without a declared length. */
public final class BoundedBody {
  /** Far more than any request needs; the longest parts are signed assertions. */
  static final int LONGEST = 64 * 1024;

  private static final int MAX_IGNORED = 1024 * 1024;

  private BoundedBody() {}

  /** Returns the body, empty when it is too large. */
  static Optional<String> read(HttpServletRequest request) throws IOException {
    return read(request, LONGEST);
  }

  public static Optional<String> read(HttpServletRequest request, int longest) throws IOException {
    InputStream in = request.getInputStream();
    byte[] body = in.readNBytes(longest + 1);
    return body.length > longest ? Optional.empty() : Optional.of(new String(body, UTF_8));
  }

  /**
   * Reads and discards the rest of the body before the response is sent. Otherwise the container
   * would close the connection, and a client that is still sending would miss the response.
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
