package dev.gatehouse.internal.http;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Creates a client as the filter does, and requests for it to send. */
public final class HttpExchanges {

  /** A time limit that no passing test reaches. */
  public static final Duration LONG = Duration.ofMinutes(5);

  /** A valid response. */
  public static final String OK =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

  private HttpExchanges() {}

  public static BoundedHttpClient client(Duration requestTimeout, int maxConcurrent) {
    // Two more connections than permits, as for one server with one endpoint.
    return new BoundedHttpClient(
        new HttpSettings(requestTimeout, requestTimeout, maxConcurrent + 2, null, null));
  }

  public static ReadOnlyHTTPResponse post(BoundedHttpClient client, String origin)
      throws IOException {
    return client.send(request(origin), client.deadline());
  }

  public static HTTPRequest request(String origin) {
    HTTPRequest request =
        new HTTPRequest(HTTPRequest.Method.POST, URI.create(origin + "/introspect"));
    request.setHeader("Content-Type", "application/x-www-form-urlencoded");
    request.setBody("token=" + Secrets.token());
    return request;
  }
}
