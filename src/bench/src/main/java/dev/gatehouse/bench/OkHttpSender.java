package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp with its timeout for the whole call. */
final class OkHttpSender implements HTTPRequestSender {

  private static final MediaType FORM =
      MediaType.get("application/x-www-form-urlencoded; charset=UTF-8");

  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .callTimeout(SenderSettings.LIMIT)
          .connectTimeout(SenderSettings.CONNECT_LIMIT)
          .readTimeout(Duration.ZERO)
          .writeTimeout(Duration.ZERO)
          .followRedirects(false)
          .followSslRedirects(false)
          .retryOnConnectionFailure(false)
          .proxy(Proxy.NO_PROXY)
          .connectionPool(new ConnectionPool(SenderSettings.CONNECTIONS, 1, TimeUnit.MINUTES))
          .build();

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    Request.Builder message = new Request.Builder().url(request.getURI().toString());
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> message.addHeader(name, value)));
    message.header("Accept-Encoding", "identity"); // otherwise OkHttp requests gzip
    message.method(
        request.getMethod().name(), RequestBody.create(request.getBody().getBytes(UTF_8), FORM));
    try (Response response = client.newCall(message.build()).execute()) {
      HTTPResponse converted = new HTTPResponse(response.code());
      Headers headers = response.headers();
      for (int i = 0; i < headers.size(); i++) {
        converted.setHeader(headers.name(i), headers.value(i));
      }
      SenderSettings.setBody(converted, SenderSettings.readBounded(response.body().byteStream()));
      return converted;
    }
  }
}
