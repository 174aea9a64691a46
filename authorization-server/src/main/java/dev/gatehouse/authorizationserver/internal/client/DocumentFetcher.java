package dev.gatehouse.authorizationserver.internal.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gatehouse.authorizationserver.internal.settings.DocumentAccess;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a small JSON document from a URL that an unauthenticated caller supplies: only https,
 * only public addresses, no redirects, with limits on time, size and concurrency.
 */
public final class DocumentFetcher {
  /** The draft on client ID metadata documents recommends 5 kB; sets of keys need more. */
  static final int LONGEST = 20 * 1024;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_AT_ONCE = 8;

  /** RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4: the document may be there at another time. */
  private static final Set<Integer> TEMPORARY = Set.of(408, 425, 429);

  /** What a log line may quote of a response. */
  private static final Pattern PRINTABLE = Pattern.compile("[ -~]{1,100}");

  /** For URLs that have led to a document before, so that other URLs cannot keep them waiting. */
  private static final int MAX_KNOWN_AT_ONCE = 4;

  /** Answers no challenge. */
  private static final Authenticator NO_CREDENTIALS = new Authenticator() {};

  private final SSLSocketFactory tls;
  private final Predicate<InetAddress> allowed;
  private final Duration timeout;
  private final ThreadPoolExecutor threads = threads(MAX_AT_ONCE);
  private final ThreadPoolExecutor threadsForKnown = threads(MAX_KNOWN_AT_ONCE);

  /** A fetcher that spends at most five seconds on a document. */
  public static DocumentFetcher of(DocumentAccess access) {
    return new DocumentFetcher(access.tls(), access.allowed(), TIMEOUT);
  }

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

  /**
   * A JSON document.
   *
   * @param lifetime how long it is fresh
   */
  record Fetched(String body, Duration lifetime) implements Outcome {}

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

  /**
   * Fetches a document that has been at this URL before.
   *
   * @param ended called, perhaps twice, when no thread works on it any more: that may be after this
   *     method has returned
   */
  Outcome fetchAgain(URI url, Runnable ended) {
    return fetch(url, addresses -> true, ended, threadsForKnown);
  }

  /**
   * Fetches a document that may not exist.
   *
   * @param ended called, perhaps twice, when no thread works on it any more: that may be after this
   *     method has returned
   */
  Outcome fetch(URI url, TargetCheck targets, Runnable ended) {
    return fetch(url, targets, ended, threads);
  }

  private Outcome fetch(URI url, TargetCheck targets, Runnable ended, ThreadPoolExecutor threads) {
    PublicAddressSockets sockets = new PublicAddressSockets(tls, allowed);
    HttpsURLConnection connection;
    try {
      connection = open(url, sockets);
    } catch (IOException e) {
      ended.run();
      return new NoDocument("no https URL");
    }
    FutureTask<Outcome> answer =
        new FutureTask<>(
            () -> {
              try {
                return fetch(connection, sockets, url.getHost(), targets);
              } finally {
                // Before the outcome is known, so that the next fetch finds it ended.
                ended.run();
              }
            });
    boolean started = false;
    try {
      threads.execute(
          () -> {
            answer.run();
            // If the task was cancelled before it began.
            ended.run();
          });
      started = true;
    } catch (RejectedExecutionException e) {
      return new Busy("too many concurrent requests");
    } finally {
      if (!started) {
        ended.run();
      }
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
      // Disconnecting has no effect before the connection is established.
      sockets.cut();
      connection.disconnect();
    }
  }

  private static HttpsURLConnection open(URI url, PublicAddressSockets sockets) throws IOException {
    if (!(url.toURL().openConnection(Proxy.NO_PROXY) instanceof HttpsURLConnection connection)) {
      throw new IOException("not https");
    }
    connection.setSSLSocketFactory(sockets);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    // The default one may be the application's, and would give its passwords to any host.
    connection.setAuthenticator(NO_CREDENTIALS);
    connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    connection.setReadTimeout((int) READ_TIMEOUT.toMillis());
    connection.setRequestProperty("Accept", "application/json, application/*+json");
    connection.setRequestProperty("User-Agent", "gatehouse");
    return connection;
  }

  private Outcome fetch(
      HttpsURLConnection connection,
      PublicAddressSockets sockets,
      String host,
      TargetCheck targets) {
    try {
      InetAddress[] addresses = InetAddress.getAllByName(host);
      if (!Arrays.stream(addresses).allMatch(allowed)) {
        return new NoDocument("the host is not on a public address");
      }
      if (sockets.isCut()) {
        // The resolver cannot be interrupted.
        return new Unreachable("too slow");
      }
      // By address, because any number of names can stand for one.
      if (!targets.admits(addresses)) {
        return new Busy("too many requests to the address of this host");
      }
      return exchange(connection);
    } catch (PublicAddressSockets.ForbiddenAddressException e) {
      return new NoDocument("the host is not on a public address");
    } catch (UnknownHostException e) {
      return new Unreachable("the host has no address");
    } catch (IOException e) {
      return new Unreachable(e.getClass().getSimpleName());
    }
  }

  /** The JDK reads interim responses by recursion: if they have no end, the stack overflows. */
  private static Outcome exchange(HttpsURLConnection connection) throws IOException {
    try {
      int status = connection.getResponseCode();
      if (status >= 500 || TEMPORARY.contains(status)) {
        return new Unreachable("status " + status);
      }
      String type = connection.getContentType();
      if (status == 200 && type == null) {
        // Fails if the connection has failed after the status line.
        connection.getInputStream().close();
      }
      if (status != 200
          || type == null
          || !type.toLowerCase(Locale.ROOT).matches("application/(.+\\+)?json\\s*(;.*)?")) {
        return new NoDocument("status " + status + ", content type " + printable(type));
      }
      try (InputStream in = connection.getInputStream()) {
        byte[] body = in.readNBytes(LONGEST + 1);
        return body.length > LONGEST
            ? new NoDocument("more than " + LONGEST + " bytes")
            : new Fetched(new String(body, UTF_8), CacheLifetime.of(connection));
      }
    } catch (RuntimeException | StackOverflowError e) {
      return new Unreachable(e.getClass().getSimpleName());
    }
  }

  private static String printable(@Nullable String type) {
    if (type == null) {
      return "missing";
    }
    return PRINTABLE.matcher(type).matches() ? type : "not printable";
  }
}
