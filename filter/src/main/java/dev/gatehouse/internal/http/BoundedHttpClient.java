package dev.gatehouse.internal.http;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.CharacterCodingException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends Nimbus's messages over pooled HTTP/1.1 connections, with what Nimbus's own sender lacks: a
 * limit on the whole exchange, no redirects (a 307 would post the token to another host), and a
 * bound on the body. Safe for use by many threads.
 */
public final class BoundedHttpClient implements AutoCloseable {

  /** RFC 9110 §8.3.1: the type in any case, perhaps with parameters. */
  private static final Pattern JSON = Pattern.compile("(?i)application/json\\s*(;.*)?");

  /** What has been connected with these keys; absent for the JVM's default. */
  private record Connected(@Nullable SSLContext tls, Http1Client exchanges) {}

  private final HttpSettings settings;
  private final DeadlineWatchdog timeLimit = new DeadlineWatchdog();
  private final @Nullable ReloadedTls tls;
  private volatile Connected connected;
  private boolean closed;

  public BoundedHttpClient(HttpSettings settings) {
    this.settings = settings;
    this.tls = settings.tls();
    this.connected = connect(tls == null ? null : tls.get());
  }

  private Connected connect(@Nullable SSLContext context) {
    return new Connected(context, new Http1Client(settings, context));
  }

  /** With the newest keys: connections with older ones end when their exchange does. */
  private Connected connected() {
    Connected found = connected;
    return tls == null || tls.get() == found.tls() ? found : renewed(tls);
  }

  private synchronized Connected renewed(ReloadedTls tls) {
    SSLContext newest = tls.get();
    if (connected.tls() != newest && !closed) { // what was made now, nobody would close
      Connected old = connected;
      connected = connect(newest);
      old.exchanges().retire();
    }
    return connected;
  }

  /** Ends what is under way, closes all connections and ends all threads. */
  @Override
  public synchronized void close() {
    closed = true;
    timeLimit.close(); // first: to cancel an exchange fails once its pool is closed
    connected.exchanges().close();
  }

  /** By when a caller who comes now must have its answer. */
  public Deadline deadline() {
    return Deadline.in(settings.requestTimeout());
  }

  /** A sender of Nimbus's messages that keeps to this deadline, with the one retry that it has. */
  public HTTPRequestSender within(Deadline deadline) {
    return new RetryingSender(this, deadline);
  }

  /**
   * Sends one request, once. The deadline holds for all of it, from waiting for a connection to the
   * body's last byte.
   *
   * <p>A thread that is interrupted while it reads notices when the read is over.
   *
   * @throws SocketTimeoutException if the answer is not there in time
   * @throws InterruptedIOException if the thread has been interrupted
   * @throws NoResponseException if the connection failed before an answer had begun
   * @throws OversizedResponseException if it is over 1 MiB
   * @throws CharacterCodingException if it is a 200 that is not UTF-8
   * @throws IOException if it is cut off or no HTTP
   */
  ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request, Deadline deadline) throws IOException {
    try (DeadlineWatchdog.Exchange exchange = timeLimit.begin(deadline)) {
      try {
        mayBegin(exchange);
        return send(request, exchange);
      } catch (IOException e) {
        throw asItIs(e, exchange);
      } catch (RuntimeException e) {
        // The pool speaks so when it is closed, or the exchange cancelled, in an odd moment.
        throw asItIs(new IOException(e), exchange);
      }
    }
  }

  /** Nothing is sent for those who will not have the answer. */
  private static void mayBegin(DeadlineWatchdog.Exchange exchange) throws InterruptedIOException {
    if (exchange.isOver()) {
      throw exchange.exceeded(null);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /** What ends early, by our clock or with the caller's thread, says nothing of the server. */
  private static IOException asItIs(IOException failure, DeadlineWatchdog.Exchange exchange) {
    if (exchange.isOver()) {
      return exchange.exceeded(failure);
    }
    if (Thread.currentThread().isInterrupted()) {
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(failure);
      return interrupted;
    }
    return failure;
  }

  private HTTPResponse send(ReadOnlyHTTPRequest request, DeadlineWatchdog.Exchange exchange)
      throws IOException {
    Connected used = connected();
    try {
      return used.exchanges().exchange(request, exchange);
    } catch (NoResponseException e) {
      // One side may just have changed its certificate, and the other know it from now on.
      if (!(e.getCause() instanceof SSLException)
          || tls == null
          || !tls.hasChangedSince(used.tls())) {
        throw e;
      }
      return connected().exchanges().exchange(request, exchange);
    }
  }

  /** Whether the body says of itself that it is JSON. */
  public static boolean isJson(HTTPResponse response) {
    String type = response.getHeaderValue("Content-Type");
    return type != null && JSON.matcher(type).matches();
  }

  /** Whether this failure means that nobody has answered in time. */
  public static boolean isTimeout(IOException e) {
    return e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException;
  }
}
