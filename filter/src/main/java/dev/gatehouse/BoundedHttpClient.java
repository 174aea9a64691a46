package dev.gatehouse;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends Nimbus's messages over one shared, pooled client that has what Nimbus's own sender lacks: a
 * limit on the whole exchange, no redirects (a 307 would post the token to another host), and a
 * bound on the body. Safe for use by many threads.
 */
final class BoundedHttpClient implements AutoCloseable {

  private static final int MAX_BODY_BYTES = 1024 * 1024;

  /** RFC 9110 §8.3.1: the type in any case, perhaps with parameters. */
  private static final Pattern JSON = Pattern.compile("(?i)application/json\\s*(;.*)?");

  /** A client and what its connections are made with; absent for the JVM's default. */
  private record Connected(@Nullable SSLContext tls, HttpClient client) {}

  private final Duration connectTimeout;

  /** For all that one caller may wait for, up to the last body's last byte. */
  private final Duration requestTimeout;

  private final @Nullable Tls tls;
  private volatile Connected connected;

  BoundedHttpClient(Settings settings) {
    this.connectTimeout = settings.connectTimeout;
    this.requestTimeout = settings.requestTimeout;
    this.tls = settings.tls;
    this.connected = connect(tls == null ? null : tls.get());
  }

  private Connected connect(@Nullable SSLContext context) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NEVER);
    if (context != null) {
      builder.sslContext(context);
    }
    return new Connected(context, builder.build());
  }

  /**
   * The client for the newest keys. One with older keys is let go: exchanges under way hold it to
   * their end, and its pooled connections, which would show the old certificate, go with it.
   */
  private Connected connected() {
    Connected found = connected;
    return tls == null || tls.get() == found.tls() ? found : renewed(tls);
  }

  private synchronized Connected renewed(Tls tls) {
    SSLContext newest = tls.get();
    if (connected.tls() != newest) {
      connected = connect(newest);
    }
    return connected;
  }

  /** From JDK 21 on at once; before, when nobody holds the client any more. */
  @Override
  public void close() {
    if ((Object) connected.client() instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) { // what AutoCloseable declares, and HttpClient does not throw
        throw new IllegalStateException(e);
      }
    }
  }

  /** By when a caller who comes now must have its answer. */
  Deadline deadline() {
    return Deadline.in(requestTimeout);
  }

  /** A sender of Nimbus's messages that keeps to this deadline, with the one retry that it has. */
  HTTPRequestSender within(Deadline deadline) {
    return new RetryingSender(this, deadline);
  }

  /**
   * Sends one request, once.
   *
   * @throws HttpTimeoutException if the answer is not there in time
   * @throws OversizedAnswerException if it is over 1 MiB
   * @throws NoAnswerException if the connection failed before an answer had begun
   * @throws IOException if it failed in the answer
   */
  ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request, Deadline deadline) throws IOException {
    if (deadline.left().isZero()) {
      throw new HttpTimeoutException("no time left of " + deadline.limit());
    }
    AtomicBoolean answered = new AtomicBoolean();
    try {
      return exchange(translate(request), deadline, answered);
    } catch (HttpTimeoutException | InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw answered.get() ? e : new NoAnswerException(e);
    }
  }

  /**
   * Sends once.
   *
   * @param answered set as soon as the head of an answer is there
   */
  private ReadOnlyHTTPResponse exchange(
      HttpRequest request, Deadline deadline, AtomicBoolean answered) throws IOException {
    Connected used = connected();
    try {
      return exchange(used.client(), request, deadline, answered);
    } catch (SSLException e) {
      // One side may just have changed its certificate, and the other know it from now on.
      if (answered.get() || tls == null || !tls.isReplaced(used.tls())) {
        throw e;
      }
      return exchange(connected().client(), request, deadline, answered);
    }
  }

  private ReadOnlyHTTPResponse exchange(
      HttpClient client, HttpRequest request, Deadline deadline, AtomicBoolean answered)
      throws IOException {
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client.sendAsync(
            request,
            head -> {
              answered.set(true);
              return new BoundedBody(MAX_BODY_BYTES);
            });
    try {
      return translate(exchange.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      exchange.cancel(true);
      throw caused(new HttpTimeoutException("no whole answer within " + deadline.limit()), e);
    } catch (ExecutionException e) {
      throw asIOException(e.getCause());
    } catch (InterruptedException e) {
      exchange.cancel(true);
      Thread.currentThread().interrupt();
      throw caused(new InterruptedIOException("interrupted"), e);
    }
  }

  private static <E extends IOException> E caused(E exception, Exception cause) {
    exception.initCause(cause);
    return exception;
  }

  private static IOException asIOException(@Nullable Throwable cause) {
    return cause instanceof IOException e ? e : new IOException(cause);
  }

  private static HttpRequest translate(ReadOnlyHTTPRequest request) {
    URI uri = request.getURI();
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(uri)
            // Over plain http the JDK would ask each server to upgrade; some take offence.
            .version(
                uri.getScheme().equals("https")
                    ? HttpClient.Version.HTTP_2
                    : HttpClient.Version.HTTP_1_1)
            .method(
                request.getMethod().name(),
                request.getBody() == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofString(request.getBody(), StandardCharsets.UTF_8));
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
    return builder.build();
  }

  private static ReadOnlyHTTPResponse translate(HttpResponse<byte[]> response) throws IOException {
    HTTPResponse translated = new HTTPResponse(response.statusCode());
    response
        .headers()
        .map()
        .forEach((name, values) -> translated.setHeader(name, values.toArray(new String[0])));
    translated.setBody(
        response.statusCode() == 200
            ? decode(response.body())
            : new String(response.body(), StandardCharsets.UTF_8));
    return translated;
  }

  /**
   * RFC 8259 §8.1: JSON is UTF-8; bytes that are not must not become a replacement character. An
   * error page, in whatever encoding, has its status to speak for it.
   */
  private static String decode(byte[] body) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
  }

  /** Whether the body says of itself that it is JSON. */
  static boolean isJson(HTTPResponse response) {
    String type = response.getHeaderValue("Content-Type");
    return type != null && JSON.matcher(type).matches();
  }

  /** Whether this failure means that nobody has answered in time. */
  static boolean isTimeout(IOException e) {
    return e instanceof HttpTimeoutException || e instanceof HttpConnectTimeoutException;
  }
}
