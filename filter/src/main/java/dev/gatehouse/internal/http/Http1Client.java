package dev.gatehouse.internal.http;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over pooled HTTP/1.1 connections, on the calling thread, which makes them cheap.
 * This class is thread-safe.
 */
final class Http1Client implements AutoCloseable {

  /** Servers send a few dozen header lines of a few hundred characters. */
  static final Http1Config HEAD_LIMITS =
      Http1Config.custom().setMaxHeaderCount(200).setMaxLineLength(16 * 1024).build();

  private final PoolingHttpClientConnectionManager connections;
  private volatile boolean retired;

  /** Minimal: no redirects, retries, cookies or authentication. */
  private final CloseableHttpClient client;

  /** How far an exchange has come. */
  private static final class Progress {
    private boolean responseBegan;
  }

  /**
   * Creates a client without connections.
   *
   * @param context null for the JVM's default
   */
  Http1Client(HttpSettings settings, @Nullable SSLContext context) {
    SSLContext tls = context == null ? SSLContexts.createSystemDefault() : context;
    connections =
        new PoolingHttpClientConnectionManager(
            new SocketConnector(tls, settings),
            // Without a global lock; the bulkhead limits the connections strictly.
            PoolConcurrencyPolicy.LAX,
            PoolReusePolicy.LIFO,
            TimeValue.NEG_ONE_MILLISECOND,
            socket -> new Http1Connection(HEAD_LIMITS));
    connections.setMaxTotal(settings.maxConnections());
    connections.setDefaultMaxPerRoute(settings.maxConnections());
    connections.setDefaultConnectionConfig(
        ConnectionConfig.custom()
            .setConnectTimeout(Timeout.of(settings.connectTimeout()))
            .setSocketTimeout(Timeout.of(settings.requestTimeout()))
            // Sending finds a closed connection as fast as a check would.
            .setValidateAfterInactivity(TimeValue.NEG_ONE_MILLISECOND)
            .build());
    client = HttpClients.createMinimal(connections);
  }

  /** Sends a request once. */
  HTTPResponse exchange(ReadOnlyHTTPRequest request, DeadlineWatchdog.Exchange exchange)
      throws IOException {
    HttpClientContext context = HttpClientContext.create();
    Progress progress = new Progress();
    try {
      return exchange(request, exchange, context, progress);
    } catch (IOException e) {
      if (progress.responseBegan
          || exchange.isOver()
          || e instanceof SocketTimeoutException
          || (e instanceof ProxyException refusal && !refusal.isRepeatable())) {
        throw e;
      }
      boolean used = isUsed(context.getEndpointDetails());
      if (used) {
        connections.closeIdle(
            TimeValue.ZERO_MILLISECONDS); // others are likely to be closed by the server, too
      }
      throw new NoResponseException(e, used);
    }
  }

  private HTTPResponse exchange(
      ReadOnlyHTTPRequest request,
      DeadlineWatchdog.Exchange exchange,
      HttpClientContext context,
      Progress progress)
      throws IOException {
    HttpUriRequestBase message = message(request, body(request));
    exchange.run(message);
    try {
      return client.execute(
          message,
          context,
          response -> {
            progress.responseBegan = true;
            return NimbusResponses.translate(response, read(response, message));
          });
    } finally {
      if (retired) {
        connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
      }
    }
  }

  /** Whether the connection has carried a response before. */
  private static boolean isUsed(@Nullable EndpointDetails connection) {
    return connection != null && connection.getResponseCount() > 0;
  }

  private static byte[] body(ReadOnlyHTTPRequest request) {
    String body = request.getBody();
    return body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
  }

  private static HttpUriRequestBase message(ReadOnlyHTTPRequest request, byte[] body) {
    HttpUriRequestBase message =
        new HttpUriRequestBase(request.getMethod().name(), request.getURI());
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> message.addHeader(name, value)));
    message.setHeader("Accept-Encoding", ContentCoding.IDENTITY);
    if (body.length > 0) {
      message.setEntity(new ByteArrayEntity(body, null));
    }
    return message;
  }

  private static byte[] read(ClassicHttpResponse response, HttpUriRequestBase message)
      throws IOException {
    if (response.getEntity() == null) {
      return new byte[0];
    }
    long length = response.getEntity().getContentLength();
    boolean known = length >= 0 && length <= NimbusResponses.MAX_BODY_BYTES;
    int limit = known ? (int) length : NimbusResponses.MAX_BODY_BYTES + 1;
    byte[] body = response.getEntity().getContent().readNBytes(limit);
    if (body.length > NimbusResponses.MAX_BODY_BYTES) {
      message.cancel(); // otherwise closing would read the rest
      throw UnusableBodyException.oversized(NimbusResponses.MAX_BODY_BYTES);
    }
    return body;
  }

  /** Closes idle connections now, and those in use after their exchange. */
  void retire() {
    retired = true;
    connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
  }

  @Override
  public void close() {
    connections.close(CloseMode.IMMEDIATE);
  }
}
