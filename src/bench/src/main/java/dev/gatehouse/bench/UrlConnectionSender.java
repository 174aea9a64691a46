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

/** The JDK's {@code HttpURLConnection}, under limits and a watchdog. */
final class UrlConnectionSender implements HTTPRequestSender {

  private final Watchdog watchdog = new Watchdog();

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) request.getURL().openConnection();
    connection.setConnectTimeout((int) SenderAnswers.CONNECT_LIMIT.toMillis());
    connection.setReadTimeout((int) SenderAnswers.LIMIT.toMillis());
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestMethod(request.getMethod().name());
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(v -> connection.addRequestProperty(name, v)));
    byte[] body = request.getBody().getBytes(UTF_8);
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length); // else it may send a POST again
    Future<?> watch = watchdog.watch(connection::disconnect);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
      return answer(connection);
    } finally {
      watch.cancel(false);
    }
  }

  private static HTTPResponse answer(HttpURLConnection connection) throws IOException {
    HTTPResponse answer = new HTTPResponse(connection.getResponseCode());
    try (InputStream in = connection.getInputStream()) {
      SenderAnswers.setBody(answer, SenderAnswers.bounded(in));
    }
    connection
        .getHeaderFields()
        .forEach(
            (name, values) -> {
              if (name != null) { // the status line
                answer.setHeader(name, values.toArray(new String[0]));
              }
            });
    return answer;
  }
}
