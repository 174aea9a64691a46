package dev.gatehouse.internal.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;

/**
 * The content coding of a response (RFC 9110 §8.4). We request {@code identity}; some servers and
 * proxies send gzip all the same.
 */
final class ContentCoding {

  static final String IDENTITY = "identity";

  private static final String CODING = "[a-z0-9-]{1,20}";

  private ContentCoding() {}

  /**
   * Decodes a body.
   *
   * @param limit the largest decoded body, in bytes
   * @throws UnusableBodyException if the coding is not supported, or the body is larger or
   *     malformed
   */
  static byte[] decode(HttpResponse response, byte[] body, int limit) throws UnusableBodyException {
    List<String> codings = of(response);
    if (codings.isEmpty() || body.length == 0) {
      return body;
    }
    // RFC 9110 §8.4.1.3: x-gzip is equivalent.
    if (codings.size() == 1 && codings.get(0).matches("(x-)?gzip")) {
      return inflate(body, limit);
    }
    String names = codings.stream().allMatch(name -> name.matches(CODING)) ? " " + codings : "";
    throw new UnusableBodyException(
        "the response has an unsupported content coding" + names + "; make the server send none");
  }

  private static List<String> of(HttpResponse response) {
    Header[] headers = response.getHeaders("Content-Encoding");
    if (headers.length == 0) {
      return List.of();
    }
    return Arrays.stream(headers)
        .flatMap(header -> Stream.of(header.getValue().split(",", -1)))
        .map(name -> name.strip().toLowerCase(Locale.ROOT))
        .filter(name -> !name.isEmpty() && !name.equals(IDENTITY))
        .toList();
  }

  private static byte[] inflate(byte[] body, int limit) throws UnusableBodyException {
    byte[] inflated;
    try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
      inflated = gzip.readNBytes(limit + 1);
    } catch (IOException e) {
      throw new UnusableBodyException("the response is not gzip, as its content coding says");
    }
    if (inflated.length > limit) {
      throw UnusableBodyException.oversized(limit);
    }
    return inflated;
  }
}
