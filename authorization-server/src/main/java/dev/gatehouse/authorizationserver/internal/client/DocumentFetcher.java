package dev.gatehouse.authorizationserver.internal.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/**
 * Fetches a small JSON document from a URL that an unauthenticated caller supplies: only https,
 * only public addresses, no redirects, with limits on time, size and concurrency.
 */
public final class DocumentFetcher {
  /** The draft on client ID metadata documents recommends 5 kB; keys need more. */
  static final int LONGEST = 20 * 1024;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);
  private static final int MAX_AT_ONCE = 8;

  /** For URLs that have led to a document before, so that other URLs cannot keep them waiting. */
  private static final int MAX_KNOWN_AT_ONCE = 4;

  private final SSLSocketFactory tls;
  private final Predicate<InetAddress> allowed;
  private final Duration timeout;
  private final ThreadPoolExecutor threads = threads(MAX_AT_ONCE);
  private final ThreadPoolExecutor threadsForKnown = threads(MAX_KNOWN_AT_ONCE);

  public DocumentFetcher(SSLSocketFactory tls, Predicate<InetAddress> allowed, Duration timeout) {
    this.tls = tls;
    this.allowed = allowed;
    this.timeout = timeout;
  }

  private static ThreadPoolExecutor threads(int most) {
    return new ThreadPoolExecutor(
        0,
        most,
        30,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "gatehouse-document-fetcher");
          thread.setDaemon(true);
          return thread;
        });
  }

  sealed interface Outcome permits Fetched, Unreachable, NoDocument, Busy {}

  record Fetched(String body) implements Outcome {}

  /** A failure that may be temporary. */
  record Unreachable(String why) implements Outcome {}

  /** There is no acceptable document at the URL. */
  record NoDocument(String why) implements Outcome {}

  /** Nothing was fetched, because other fetches are running or a limit is exceeded. */
  record Busy(String why) implements Outcome {}

  /** Decides whether the addresses that a host's name stands for may be connected to. */
  @FunctionalInterface
  interface TargetCheck {
    boolean admits(InetAddress... addresses);
  }

  /** Fetches a document that has been at this URL before. */
  Outcome fetchAgain(URI url) {
    return fetch(url, addresses -> true, threadsForKnown);
  }

  /** Fetches a document that may not exist. */
  Outcome fetch(URI url, TargetCheck targets) {
    return fetch(url, targets, threads);
  }

  private Outcome fetch(URI url, TargetCheck targets, ThreadPoolExecutor threads) {
    HttpsURLConnection connection;
    try {
      connection = open(url);
    } catch (IOException e) {
      return new NoDocument("no https URL");
    }
    Future<Outcome> answer;
    try {
      answer = threads.submit(() -> fetch(connection, url.getHost(), targets));
    } catch (RejectedExecutionException e) {
      return new Busy("too many concurrent requests");
    }
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // A read timeout restarts with every byte; this one limits the whole exchange.
      return new Unreachable("too slow");
    } catch (ExecutionException e) {
      throw new IllegalStateException("fetching failed unexpectedly", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Unreachable("interrupted");
    } finally {
      answer.cancel(true);
      connection.disconnect();
    }
  }

  private HttpsURLConnection open(URI url) throws IOException {
    if (!(url.toURL().openConnection(Proxy.NO_PROXY) instanceof HttpsURLConnection connection)) {
      throw new IOException("not https");
    }
    connection.setSSLSocketFactory(new PublicAddressSockets(tls, allowed));
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    connection.setReadTimeout((int) READ_TIMEOUT.toMillis());
    connection.setRequestProperty("Accept", "application/json");
    connection.setRequestProperty("User-Agent", "gatehouse");
    return connection;
  }

  private Outcome fetch(HttpsURLConnection connection, String host, TargetCheck targets) {
    try {
      InetAddress[] addresses = InetAddress.getAllByName(host);
      if (!Arrays.stream(addresses).allMatch(allowed)) {
        return new NoDocument("the host is not on a public address");
      }
      // By address, because any number of names can stand for one.
      if (!targets.admits(addresses)) {
        return new Busy("too many requests to the address of this host");
      }
      int status = connection.getResponseCode();
      if (status >= 500) {
        return new Unreachable("status " + status);
      }
      String type = connection.getContentType();
      if (status != 200
          || type == null
          || !type.toLowerCase(Locale.ROOT).matches("application/(.+\\+)?json\\s*(;.*)?")) {
        return new NoDocument("status " + status + ", content type " + type);
      }
      try (InputStream in = connection.getInputStream()) {
        byte[] body = in.readNBytes(LONGEST + 1);
        return body.length > LONGEST
            ? new NoDocument("more than " + LONGEST + " bytes")
            : new Fetched(new String(body, UTF_8));
      }
    } catch (PublicAddressSockets.ForbiddenAddressException e) {
      return new NoDocument("the host is not on a public address");
    } catch (UnknownHostException e) {
      return new Unreachable("the host has no address");
    } catch (IOException e) {
      return new Unreachable(e.getClass().getSimpleName());
    }
  }
}
