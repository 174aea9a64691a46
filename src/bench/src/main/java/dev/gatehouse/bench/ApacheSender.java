package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;

/** Apache HttpClient in its minimal form, with a watchdog for the whole exchange. */
final class ApacheSender implements HTTPRequestSender {

  private final Watchdog watchdog = new Watchdog();

  private final CloseableHttpClient client =
      HttpClients.createMinimal(
          PoolingHttpClientConnectionManagerBuilder.create()
              .setMaxConnTotal(SenderSettings.CONNECTIONS)
              .setMaxConnPerRoute(SenderSettings.CONNECTIONS)
              .setDefaultConnectionConfig(
                  ConnectionConfig.custom()
                      .setConnectTimeout(Timeout.of(SenderSettings.CONNECT_LIMIT))
                      .setSocketTimeout(Timeout.of(SenderSettings.LIMIT))
                      .build())
              .build());

  @Override
  public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
    HttpUriRequestBase message =
        new HttpUriRequestBase(request.getMethod().name(), request.getURI());
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> message.addHeader(name, value)));
    message.setEntity(new ByteArrayEntity(request.getBody().getBytes(UTF_8), null));
    Future<?> watch = watchdog.watch(message::cancel);
    try {
      return client.execute(message, ApacheSender::convert);
    } finally {
      watch.cancel(false);
    }
  }

  private static HTTPResponse convert(ClassicHttpResponse response) throws IOException {
    HTTPResponse converted = new HTTPResponse(response.getCode());
    for (Header header : response.getHeaders()) {
      converted.setHeader(header.getName(), header.getValue());
    }
    SenderSettings.setBody(
        converted, SenderSettings.readBounded(response.getEntity().getContent()));
    return converted;
  }
}
