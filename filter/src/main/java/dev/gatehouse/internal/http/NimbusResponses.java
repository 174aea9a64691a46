package dev.gatehouse.internal.http;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/** Translates responses of the HTTP library into Nimbus's type. */
final class NimbusResponses {

  /** An introspection response has a few hundred bytes, metadata a few thousand. */
  static final int MAX_BODY_BYTES = 1024 * 1024;

  private NimbusResponses() {}

  static HTTPResponse translate(HttpResponse head, byte[] body) throws IOException {
    HTTPResponse translated = new HTTPResponse(head.getCode());
    for (Header header : head.getHeaders()) {
      translated.setHeader(header.getName(), values(head, header));
    }
    translated.setBody(head.getCode() == 200 ? text(head, body) : errorText(head, body));
    return translated;
  }

  private static String[] values(HttpResponse head, Header header) {
    return head.countHeaders(header.getName()) == 1
        ? new String[] {header.getValue()}
        : Arrays.stream(head.getHeaders(header.getName()))
            .map(Header::getValue)
            .toArray(String[]::new);
  }

  /**
   * RFC 8259 §8.1: JSON is UTF-8, and invalid bytes must not become replacement characters. Only a
   * 200 is decoded strictly.
   */
  private static String text(HttpResponse head, byte[] body) throws IOException {
    byte[] decoded = ContentCoding.decode(head, body, MAX_BODY_BYTES);
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded)).toString();
  }

  /** Empty if the body can't be decoded: of an error page, the status suffices. */
  private static String errorText(HttpResponse head, byte[] body) {
    try {
      return new String(ContentCoding.decode(head, body, MAX_BODY_BYTES), StandardCharsets.UTF_8);
    } catch (UnusableBodyException e) {
      return "";
    }
  }
}
