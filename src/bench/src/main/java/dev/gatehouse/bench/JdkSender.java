package dev.gatehouse.bench;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The JDK's {@code HttpClient}; waiting on its future limits the whole exchange. */
final class JdkSender implements HTTPRequestSender {

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(SenderSettings.CONNECT_LIMIT)
          .build();

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    HttpRequest.Builder message =
        HttpRequest.newBuilder(request.getURI())
            .method(
                request.getMethod().name(), HttpRequest.BodyPublishers.ofString(request.getBody()));
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> message.header(name, value)));
    var exchange =
        client.sendAsync(message.build(), head -> HttpResponse.BodySubscribers.ofByteArray());
    try {
      return convert(exchange.get(SenderSettings.LIMIT.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw new SocketTimeoutException("no response in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static HTTPResponse convert(HttpResponse<byte[]> response) throws IOException {
    HTTPResponse converted = new HTTPResponse(response.statusCode());
    response
        .headers()
        .map()
        .forEach((name, values) -> converted.setHeader(name, values.toArray(new String[0])));
    SenderSettings.setBody(converted, response.body());
    return converted;
  }
}
