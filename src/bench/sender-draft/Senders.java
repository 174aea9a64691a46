import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.Timeout;

/**
 * Each client behind Nimbus's interface, under the same limits: 5 s in all, 1 MiB, no redirects.
 */
final class Senders {

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int MAX_BODY = 1024 * 1024;

  private Senders() {}

  static HTTPRequestSender of(String name, String keys) throws Exception {
    X509TrustManager trust = Keys.trust(keys);
    SSLContext tls = Keys.context(trust);
    return switch (name) {
      case "none" ->
          request ->
              answer(
                  200,
                  Map.of("Content-Type", List.of("application/json")),
                  StubServer.BODY.getBytes(StandardCharsets.UTF_8));
      case "gatehouse" -> gatehouse(keys);
      case "floor" -> new Floor(tls);
      case "jdk" ->
          new Jdk(
              HttpClient.newBuilder().connectTimeout(LIMIT).sslContext(tls).build(),
              HttpClient.Version.HTTP_2);
      case "jdk1" ->
          new Jdk(
              HttpClient.newBuilder().connectTimeout(LIMIT).sslContext(tls).build(),
              HttpClient.Version.HTTP_1_1);
      case "jdk-direct" ->
          new Jdk(
              HttpClient.newBuilder()
                  .connectTimeout(LIMIT)
                  .sslContext(tls)
                  .executor(Runnable::run)
                  .build(),
              HttpClient.Version.HTTP_2);
      case "jdk1-direct" ->
          new Jdk(
              HttpClient.newBuilder()
                  .connectTimeout(LIMIT)
                  .sslContext(tls)
                  .executor(Runnable::run)
                  .build(),
              HttpClient.Version.HTTP_1_1);
      case "url" -> new Url(tls);
      case "okhttp" -> new Ok(okhttp(tls, trust).build());
      case "okhttp1" ->
          new Ok(okhttp(tls, trust).protocols(List.of(okhttp3.Protocol.HTTP_1_1)).build());
      case "apache" -> new Apache(apache(tls), 1);
      case "apache-min" ->
          new Apache(HttpClients.createMinimal(connections(tls, PoolConcurrencyPolicy.STRICT)), 1);
      case "apache-min-lax" ->
          new Apache(HttpClients.createMinimal(connections(tls, PoolConcurrencyPolicy.LAX)), 1);
      case "apache-min-unwatched" ->
          new Apache(HttpClients.createMinimal(connections(tls, PoolConcurrencyPolicy.STRICT)), 0);
      case "apache-async" -> new ApacheAsync(tls);
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** The filter's own: package-private, so by reflection as long as this is no part of it. */
  private static HTTPRequestSender gatehouse(String keys) throws Exception {
    var settings =
        dev.gatehouse.Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint("https://as.example/introspect")
            .clientAuthMethod("none")
            .set("trust-store", keys)
            .set("trust-store-password", new String(Keys.PASSWORD))
            .build();
    var constructor =
        Class.forName("dev.gatehouse.BoundedHttpClient")
            .getDeclaredConstructor(dev.gatehouse.Settings.class);
    constructor.setAccessible(true);
    return (HTTPRequestSender) constructor.newInstance(settings);
  }

  private static ReadOnlyHTTPResponse answer(
      int status, Map<String, List<String>> headers, byte[] body) throws IOException {
    HTTPResponse response = new HTTPResponse(status);
    headers.forEach((name, values) -> response.setHeader(name, values.toArray(new String[0])));
    response.setBody(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    return response;
  }

  private static byte[] bounded(InputStream in) throws IOException {
    byte[] body = in.readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      throw new IOException("too large");
    }
    return body;
  }

  /** As the filter had it. */
  private record Jdk(HttpClient client, HttpClient.Version version) implements HTTPRequestSender {
    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
      URI uri = request.getURI();
      HttpRequest.Builder builder =
          HttpRequest.newBuilder(uri)
              .version(uri.getScheme().equals("https") ? version : HttpClient.Version.HTTP_1_1)
              .method(
                  request.getMethod().name(),
                  HttpRequest.BodyPublishers.ofString(request.getBody()));
      request
          .getHeaderMap()
          .forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
      var exchange =
          client.sendAsync(builder.build(), head -> HttpResponse.BodySubscribers.ofByteArray());
      try {
        HttpResponse<byte[]> response = exchange.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        return answer(response.statusCode(), response.headers().map(), response.body());
      } catch (TimeoutException e) {
        exchange.cancel(true);
        throw new HttpTimeoutException("late");
      } catch (ExecutionException | InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private static final class Timer {
    final ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "timer");
              thread.setDaemon(true);
              return thread;
            });

    Timer() {
      executor.setRemoveOnCancelPolicy(true);
    }

    Future<?> in(Duration limit, Runnable task) {
      return executor.schedule(task, limit.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private static final class Url implements HTTPRequestSender {
    private final SSLContext tls;
    private final Timer timer = new Timer();

    Url(SSLContext tls) {
      this.tls = tls;
    }

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
      HttpURLConnection connection = (HttpURLConnection) request.getURL().openConnection();
      if (connection instanceof HttpsURLConnection secure) {
        secure.setSSLSocketFactory(tls.getSocketFactory());
      }
      connection.setConnectTimeout(2000);
      connection.setReadTimeout(5000);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestMethod(request.getMethod().name());
      request
          .getHeaderMap()
          .forEach(
              (name, values) ->
                  values.forEach(value -> connection.addRequestProperty(name, value)));
      byte[] content = request.getBody().getBytes(StandardCharsets.UTF_8);
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(content.length); // no retry, no authenticator
      Future<?> watch = timer.in(LIMIT, connection::disconnect);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(content);
        int status = connection.getResponseCode();
        InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
        byte[] body = in == null ? new byte[0] : bounded(in);
        if (in != null) {
          in.close();
        }
        HTTPResponse response = new HTTPResponse(status);
        connection
            .getHeaderFields()
            .forEach(
                (name, values) -> {
                  if (name != null) {
                    response.setHeader(name, values.toArray(new String[0]));
                  }
                });
        response.setBody(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        return response;
      } finally {
        watch.cancel(false);
      }
    }
  }

  private static OkHttpClient.Builder okhttp(SSLContext tls, X509TrustManager trust) {
    return new OkHttpClient.Builder()
        .callTimeout(LIMIT)
        .connectTimeout(Duration.ofSeconds(2))
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        .proxy(java.net.Proxy.NO_PROXY)
        .connectionPool(new okhttp3.ConnectionPool(64, 1, TimeUnit.MINUTES))
        .sslSocketFactory(tls.getSocketFactory(), trust);
  }

  private record Ok(OkHttpClient client) implements HTTPRequestSender {
    private static final MediaType FORM =
        MediaType.get("application/x-www-form-urlencoded; charset=UTF-8");

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
      Request.Builder builder = new Request.Builder().url(request.getURI().toString());
      request
          .getHeaderMap()
          .forEach((name, values) -> values.forEach(value -> builder.addHeader(name, value)));
      builder.header("Accept-Encoding", "identity");
      builder.method(
          request.getMethod().name(),
          RequestBody.create(request.getBody().getBytes(StandardCharsets.UTF_8), FORM));
      try (Response response = client.newCall(builder.build()).execute()) {
        byte[] body = bounded(response.body().byteStream());
        HTTPResponse answer = new HTTPResponse(response.code());
        okhttp3.Headers headers = response.headers();
        for (int i = 0; i < headers.size(); i++) {
          answer.setHeader(headers.name(i), headers.value(i));
        }
        answer.setBody(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        return answer;
      }
    }
  }

  private static PoolingHttpClientConnectionManager connections(
      SSLContext tls, PoolConcurrencyPolicy policy) {
    return PoolingHttpClientConnectionManagerBuilder.create()
        .setTlsSocketStrategy(new DefaultClientTlsStrategy(tls))
        .setPoolConcurrencyPolicy(policy)
        .setMaxConnTotal(64)
        .setMaxConnPerRoute(64)
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(Timeout.ofSeconds(2))
                .setSocketTimeout(Timeout.ofSeconds(5))
                .setValidateAfterInactivity(Timeout.ofSeconds(1))
                .build())
        .build();
  }

  private static CloseableHttpClient apache(SSLContext tls) {
    return HttpClients.custom()
        .setConnectionManager(connections(tls, PoolConcurrencyPolicy.STRICT))
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(Timeout.ofSeconds(5))
                .setProtocolUpgradeEnabled(false)
                .build())
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableContentCompression()
        .disableCookieManagement()
        .disableAuthCaching()
        .build();
  }

  private record Apache(CloseableHttpClient client, int watched) implements HTTPRequestSender {
    private static final Timer timer = new Timer();

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
      HttpUriRequestBase message =
          new HttpUriRequestBase(request.getMethod().name(), request.getURI());
      request
          .getHeaderMap()
          .forEach((name, values) -> values.forEach(value -> message.addHeader(name, value)));
      message.setEntity(
          new ByteArrayEntity(request.getBody().getBytes(StandardCharsets.UTF_8), null));
      Future<?> watch = watched == 0 ? null : timer.in(LIMIT, message::cancel);
      try {
        return client.execute(
            message,
            response -> {
              byte[] body =
                  response.getEntity() == null
                      ? new byte[0]
                      : bounded(response.getEntity().getContent());
              HTTPResponse answer = new HTTPResponse(response.getCode());
              for (Header header : response.getHeaders()) {
                answer.setHeader(header.getName(), header.getValue());
              }
              answer.setBody(
                  StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
              return answer;
            });
      } finally {
        if (watch != null) {
          watch.cancel(false);
        }
      }
    }
  }

  private static final class ApacheAsync implements HTTPRequestSender {
    private final CloseableHttpAsyncClient client;

    ApacheAsync(SSLContext tls) {
      client =
          HttpAsyncClients.custom()
              .setConnectionManager(
                  PoolingAsyncClientConnectionManagerBuilder.create()
                      .setTlsStrategy(
                          ClientTlsStrategyBuilder.create().setSslContext(tls).buildAsync())
                      .setDefaultTlsConfig(
                          TlsConfig.custom().setVersionPolicy(HttpVersionPolicy.NEGOTIATE).build())
                      .setMaxConnTotal(64)
                      .setMaxConnPerRoute(64)
                      .setMessageMultiplexing(true)
                      .build())
              .disableRedirectHandling()
              .disableAutomaticRetries()
              .disableCookieManagement()
              .build();
      client.start();
    }

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
      SimpleHttpRequest message =
          SimpleHttpRequest.create(request.getMethod().name(), request.getURI());
      request
          .getHeaderMap()
          .forEach((name, values) -> values.forEach(value -> message.addHeader(name, value)));
      message.setBody(
          request.getBody().getBytes(StandardCharsets.UTF_8),
          ContentType.APPLICATION_FORM_URLENCODED);
      Future<SimpleHttpResponse> exchange = client.execute(message, null);
      try {
        SimpleHttpResponse response = exchange.get(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        HTTPResponse answer = new HTTPResponse(response.getCode());
        for (Header header : response.getHeaders()) {
          answer.setHeader(header.getName(), header.getValue());
        }
        answer.setBody(
            StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(response.getBodyBytes()))
                .toString());
        return answer;
      } catch (TimeoutException | ExecutionException | InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /** What the sockets and the bytes alone cost: no limits, no checks, only fit for this stub. */
  private static final class Floor implements HTTPRequestSender {
    private final SSLContext tls;
    private final ConcurrentLinkedDeque<Socket> idle = new ConcurrentLinkedDeque<>();

    Floor(SSLContext tls) {
      this.tls = tls;
    }

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
      URI uri = request.getURI();
      Socket socket = idle.pollFirst();
      if (socket == null) {
        socket =
            uri.getScheme().equals("https")
                ? tls.getSocketFactory().createSocket(uri.getHost(), uri.getPort())
                : new Socket(uri.getHost(), uri.getPort());
        socket.setTcpNoDelay(true);
      }
      StringBuilder head =
          new StringBuilder(512)
              .append("POST ")
              .append(uri.getRawPath())
              .append(" HTTP/1.1\r\nHost: ")
              .append(uri.getRawAuthority());
      request
          .getHeaderMap()
          .forEach(
              (name, values) ->
                  head.append("\r\n").append(name).append(": ").append(values.get(0)));
      byte[] body = request.getBody().getBytes(StandardCharsets.UTF_8);
      head.append("\r\nContent-Length: ")
          .append(body.length)
          .append("\r\n\r\n")
          .append(request.getBody());
      socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
      byte[] buffer = new byte[2048];
      int read = 0;
      InputStream in = socket.getInputStream();
      int end;
      do {
        read += in.read(buffer, read, buffer.length - read);
        end = new String(buffer, 0, read, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
      } while (end < 0 || read < end + 4 + StubServer.BODY.length());
      idle.addFirst(socket);
      return answer(
          200,
          Map.of("Content-Type", List.of("application/json")),
          java.util.Arrays.copyOfRange(buffer, end + 4, read));
    }
  }
}
