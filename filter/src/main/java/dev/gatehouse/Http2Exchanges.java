package dev.gatehouse;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.HostnameVerificationPolicy;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.AsyncRequestBuilder;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2MultiplexingRequester;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2MultiplexingRequesterBootstrap;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.ssl.SSLContexts;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges over HTTP/2, all with one server on one connection. Its threads, which they need for
 * that, begin with the first of them.
 */
final class Http2Exchanges implements AutoCloseable {

  private final Settings settings;
  private final @Nullable SSLContext keys;
  private @Nullable H2MultiplexingRequester client;
  private boolean closed;
  private boolean retired;
  private int underWay;

  /** Makes them with these keys, or with the JVM's default. */
  Http2Exchanges(Settings settings, @Nullable SSLContext keys) {
    this.settings = settings;
    this.keys = keys;
  }

  /** To be given back by {@link #end}. */
  private synchronized H2MultiplexingRequester begin() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    if (retired) {
      throw new NoAnswerException(new IOException("retired"), true); // there is another by now
    }
    if (client == null) {
      client = start(keys);
    }
    underWay++;
    return client;
  }

  private synchronized void end() {
    underWay--;
    shutDownIfDone();
  }

  /** What comes to a client as it shuts down is lost at times, without a word. */
  private void shutDownIfDone() {
    if (retired && underWay == 0 && client != null) {
      client.initiateShutdown();
    }
  }

  /** The bare protocol, which logs nothing: without redirects, cookies, log-ins and proxies. */
  private static H2MultiplexingRequester start(@Nullable SSLContext keys) {
    H2MultiplexingRequester started =
        H2MultiplexingRequesterBootstrap.bootstrap()
            .setH2Config(
                H2Config.custom().setPushEnabled(false).setMaxHeaderListSize(64 * 1024).build())
            .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
            .setTlsStrategy(
                ClientTlsStrategyBuilder.create()
                    .setSslContext(keys == null ? SSLContexts.createSystemDefault() : keys)
                    .setHostVerificationPolicy(HostnameVerificationPolicy.BUILTIN)
                    .buildAsync())
            .create();
    started.start();
    return started;
  }

  private static boolean isFailureToConnect(IOException cause) {
    return cause instanceof ConnectException || cause instanceof SSLException;
  }

  /** Sends one request, once. */
  HTTPResponse exchange(ReadOnlyHTTPRequest request, TimeLimit.Exchange exchange)
      throws IOException {
    H2MultiplexingRequester used = begin();
    try {
      return exchange(request, exchange, used);
    } finally {
      end();
    }
  }

  private HTTPResponse exchange(
      ReadOnlyHTTPRequest request, TimeLimit.Exchange exchange, H2MultiplexingRequester used)
      throws IOException {
    BoundedAnswer answer = new BoundedAnswer();
    Future<BoundedAnswer> future =
        used.execute(message(request), answer, Timeout.of(settings.connectTimeout), null);
    exchange.run(() -> future.cancel(true));
    try {
      return future.get(exchange.nanosLeft(), TimeUnit.NANOSECONDS).translate();
    } catch (TimeoutException e) {
      throw exchange.exceeded(e); // a little early, perhaps
    } catch (CancellationException e) {
      throw new IOException(e);
    } catch (ExecutionException e) {
      IOException cause =
          e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
      throw answer.hasBegun() || cause instanceof SocketTimeoutException
          ? cause
          : new NoAnswerException(cause, !isFailureToConnect(cause));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } finally {
      future.cancel(true);
    }
  }

  private static AsyncRequestProducer message(ReadOnlyHTTPRequest request) {
    AsyncRequestBuilder builder =
        AsyncRequestBuilder.create(request.getMethod().name()).setUri(request.getURI());
    request
        .getHeaderMap()
        .forEach((name, values) -> values.forEach(value -> builder.addHeader(name, value)));
    String body = request.getBody();
    if (body != null) {
      builder.setEntity(new BasicAsyncEntityProducer(body.getBytes(StandardCharsets.UTF_8), null));
    }
    return builder.build();
  }

  /** Begins no more exchanges on its connection; those under way go on to their end. */
  synchronized void retire() {
    retired = true;
    shutDownIfDone();
  }

  @Override
  public void close() {
    H2MultiplexingRequester closing;
    synchronized (this) {
      closed = true;
      closing = client;
    }
    if (closing != null) {
      closing.close(CloseMode.IMMEDIATE);
      try {
        closing.awaitShutdown(TimeValue.ofSeconds(1));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
