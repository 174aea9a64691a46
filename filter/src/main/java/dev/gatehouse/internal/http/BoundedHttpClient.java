package dev.gatehouse.internal.http;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends Nimbus's messages over pooled HTTP/1.1 connections. Unlike Nimbus's sender, it limits the
 * time of the whole exchange and the size of the body, and follows no redirects, because a 307
 * would post the token to another host. This class is thread-safe.
 */
public final class BoundedHttpClient implements AutoCloseable {

  /** RFC 9110 §8.3.1: the type is case-insensitive and may have parameters. */
  private static final Pattern JSON = Pattern.compile("(?i)application/json\\s*(;.*)?");

  /** The connections that use one TLS context; null for the JVM's default. */
  private record Connections(@Nullable SSLContext tls, Http1Client client) {}

  private final HttpSettings settings;
  private final DeadlineWatchdog watchdog;
  private final @Nullable ReloadedTls tls;
  private volatile Connections connections;
  private boolean closed;

  public BoundedHttpClient(HttpSettings settings) {
    this.settings = settings;
    this.tls = settings.tls();
    this.connections = connect(tls == null ? null : tls.get());
    this.watchdog = new DeadlineWatchdog(); // last: its thread must not outlive a failure
  }

  private Connections connect(@Nullable SSLContext context) {
    return new Connections(context, new Http1Client(settings, context));
  }

  /** The connections with the newest TLS context; older ones close after their exchange. */
  private Connections current() {
    Connections found = connections;
    return tls == null || tls.get() == found.tls() ? found : renew(tls);
  }

  private synchronized Connections renew(ReloadedTls tls) {
    SSLContext newest = tls.get();
    // Connections created after close() would stay open.
    if (connections.tls() != newest && !closed) {
      Connections old = connections;
      connections = connect(newest);
      old.client().retire();
    }
    return connections;
  }

  /** Cancels exchanges under way, closes all connections and stops all threads. */
  @Override
  public synchronized void close() {
    closed = true;
    watchdog.close(); // first: exchanges can't be cancelled after their pool is closed
    connections.client().close();
  }

  /** The deadline of a caller that arrives now. */
  public Deadline deadline() {
    return Deadline.in(settings.requestTimeout());
  }

  /** A sender of Nimbus's messages with this deadline, which retries once. */
  public HTTPRequestSender within(Deadline deadline) {
    return new RetryingSender(this, deadline);
  }

  /**
   * Sends a request once. The deadline covers the whole exchange, from the wait for a connection to
   * the last byte of the body.
   *
   * <p>A thread that is interrupted during a read notices it after the read.
   *
   * @throws SocketTimeoutException if the response is not complete in time
   * @throws InterruptedIOException if the thread has been interrupted
   * @throws NoResponseException if the connection failed before a response began
   * @throws ProxyException if a proxy refuses the request for a reason that lasts
   * @throws UnusableBodyException if the response is larger than 1 MiB, or can't be decoded
   * @throws CharacterCodingException if the response is a 200 that is not UTF-8
   * @throws IOException if the response is incomplete or not HTTP
   */
  ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request, Deadline deadline) throws IOException {
    try (DeadlineWatchdog.Exchange exchange = watchdog.begin(deadline)) {
      try {
        throwIfOver(exchange);
        return send(request, exchange);
      } catch (IOException e) {
        throw causeOf(e, exchange);
      } catch (RuntimeException e) {
        // The pool throws these if it is closed, or the exchange cancelled, at certain moments.
        throw causeOf(new IOException(e), exchange);
      }
    }
  }

  /** Sends nothing for a caller that will not get the response. */
  private static void throwIfOver(DeadlineWatchdog.Exchange exchange)
      throws InterruptedIOException {
    if (exchange.isOver()) {
      throw exchange.exceeded(null);
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  /** A timeout or an interrupt causes other failures, which say nothing about the server. */
  private static IOException causeOf(IOException failure, DeadlineWatchdog.Exchange exchange) {
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
    Connections used = current();
    try {
      return used.client().exchange(request, exchange);
    } catch (NoResponseException e) {
      // One side may have just replaced its certificate.
      if (!(e.getCause() instanceof SSLException)
          || tls == null
          || !tls.hasChangedSince(used.tls())) {
        throw e;
      }
      return current().client().exchange(request, exchange);
    }
  }

  /**
   * For messages about a response: names the proxy that reads requests to this URI, because it may
   * have sent the response itself. Empty if only the server can have sent it.
   */
  public String via(URI server) {
    ForwardProxy.Choice choice = settings.proxy();
    if (choice == null || !"http".equalsIgnoreCase(server.getScheme())) {
      return "";
    }
    try {
      ForwardProxy proxy = choice.proxyFor(server);
      return proxy == null ? "" : " through the proxy " + proxy;
    } catch (ProxyException e) {
      return ""; // the choice has changed since the request
    }
  }

  /**
   * Whether the content type of the response is this one.
   *
   * @param mediaType in lower case and without parameters
   */
  public static boolean hasType(HTTPResponse response, String mediaType) {
    String type = response.getHeaderValue("Content-Type");
    if (type == null) {
      return false;
    }
    int parameters = type.indexOf(';');
    return (parameters < 0 ? type : type.substring(0, parameters))
        .strip()
        .equalsIgnoreCase(mediaType);
  }

  /** Whether the content type of the response is JSON. */
  public static boolean isJson(HTTPResponse response) {
    String type = response.getHeaderValue("Content-Type");
    return type != null && JSON.matcher(type).matches();
  }

  /** Whether the failure means that the server did not respond in time. */
  public static boolean isTimeout(IOException e) {
    return e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException;
  }
}
