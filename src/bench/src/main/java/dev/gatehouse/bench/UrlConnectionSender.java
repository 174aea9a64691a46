package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.util.concurrent.Future;

/** The JDK's {@code HttpURLConnection} with timeouts and a watchdog for the whole exchange. */
final class UrlConnectionSender implements HTTPRequestSender {

  private final Watchdog watchdog = new Watchdog();

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) request.getURL().openConnection();
    connection.setConnectTimeout((int) SenderSettings.CONNECT_LIMIT.toMillis());
    connection.setReadTimeout((int) SenderSettings.LIMIT.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestMethod(request.getMethod().name());
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(v -> connection.addRequestProperty(name, v)));
    byte[] body = request.getBody().getBytes(UTF_8);
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length); // otherwise the JDK may repeat a POST
    Future<?> watch = watchdog.watch(connection::disconnect);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
      return convert(connection);
    } finally {
      watch.cancel(false);
    }
  }

  private static HTTPResponse convert(HttpURLConnection connection) throws IOException {
    HTTPResponse converted = new HTTPResponse(connection.getResponseCode());
    try (InputStream in = connection.getInputStream()) {
      SenderSettings.setBody(converted, SenderSettings.readBounded(in));
    }
    connection
        .getHeaderFields()
        .forEach(
            (name, values) -> {
              if (name != null) { // the status line
                converted.setHeader(name, values.toArray(new String[0]));
              }
            });
    return converted;
  }
}
