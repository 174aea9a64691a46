package dev.gatehouse.bench;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The limits of all senders. */
final class SenderSettings {

  static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  static final Duration LIMIT = Duration.ofSeconds(5);

  /** The default limit of concurrent introspection requests in the filter. */
  static final int CONNECTIONS = 64;

  private static final int MAX_BODY = 1024 * 1024;

  private SenderSettings() {}

  static byte[] readBounded(InputStream in) throws IOException {
    byte[] body = in.readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      throw new IOException("the body has more than " + MAX_BODY + " bytes");
    }
    return body;
  }

  static void setBody(HTTPResponse response, byte[] body) throws IOException {
    response.setBody(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
  }
}
