package dev.gatehouse.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * An HTTP client in a separate process, which measures on request:
 *
 * <pre>
 * GET /16/1000     16 concurrent exchanges, for 1000 ms
 * 32142 20.9 428 2099 19770     exchanges/s; CPU µs, p50 µs, p99 µs and bytes per exchange
 * </pre>
 */
final class SenderClient {

  private static final OperatingSystemMXBean OS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final ClientSecretBasic CREDENTIALS =
      new ClientSecretBasic(new ClientID("mcp-server"), new Secret("mcp-server-secret"));

  private final HTTPRequestSender sender;
  private final URI endpoint;
  private final AtomicLong tokens = new AtomicLong();

  private SenderClient(HTTPRequestSender sender, URI endpoint) {
    this.sender = sender;
    this.endpoint = endpoint;
  }

  /** Arguments: the kind of sender and the port of the stub. */
  public static void main(String[] args) throws IOException {
    int stubPort = Integer.parseInt(args[1]);
    SenderClient client =
        new SenderClient(
            SenderKind.valueOf(args[0]).sender(stubPort),
            URI.create("http://127.0.0.1:" + stubPort + "/introspect"));
    HttpServer control =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    control.createContext(
        "/",
        exchange -> {
          String[] path = exchange.getRequestURI().getPath().split("/", -1);
          byte[] row =
              client.measure(Integer.parseInt(path[1]), Long.parseLong(path[2])).getBytes(US_ASCII);
          exchange.sendResponseHeaders(200, row.length);
          exchange.getResponseBody().write(row);
          exchange.close();
        });
    control.start();
    Child.awaitEnd(control.getAddress().getPort());
  }

  private String measure(int atOnce, long millis) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    try {
      long allocated = allocated();
      long cpu = OS.getProcessCpuTime();
      long start = System.nanoTime();
      long end = start + millis * 1_000_000;
      List<Future<long[]>> callers = new ArrayList<>();
      for (int i = 0; i < atOnce; i++) {
        callers.add(threads.submit(() -> exchangeUntil(end)));
      }
      LongStream.Builder times = LongStream.builder();
      for (Future<long[]> caller : callers) {
        Arrays.stream(caller.get()).forEach(times::add);
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      // Read the counters while the threads still exist, because dead threads are not counted.
      return row(
          times.build().sorted().toArray(),
          seconds,
          OS.getProcessCpuTime() - cpu,
          allocated() - allocated);
    } catch (ExecutionException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static String row(long[] sorted, double seconds, long cpuNanos, long bytes) {
    int count = sorted.length;
    return String.format(
        Locale.ROOT,
        "%.0f %.1f %.0f %.0f %d",
        count / seconds,
        cpuNanos / 1e3 / count,
        sorted[count / 2] / 1e3,
        sorted[(int) (count * 0.99)] / 1e3,
        bytes / count);
  }

  /** The bytes allocated by all live threads. */
  private static long allocated() {
    return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }

  /** Returns the duration of each exchange in nanoseconds. */
  private long[] exchangeUntil(long endNanos) throws IOException {
    long[] times = new long[1024];
    int count = 0;
    for (long now = System.nanoTime(); now < endNanos; ) {
      exchange();
      long after = System.nanoTime();
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      times[count++] = after - now;
      now = after;
    }
    return Arrays.copyOf(times, count);
  }

  private void exchange() throws IOException {
    String token = Tokens.of(Tokens.ACTIVE, 0, tokens.incrementAndGet());
    HTTPRequest request =
        new TokenIntrospectionRequest(endpoint, CREDENTIALS, new BearerAccessToken(token))
            .toHTTPRequest();
    request.setAccept("application/json");
    var response = request.send(sender);
    if (response.getStatusCode() != 200 || !response.getBody().contains(StubResponses.RESOURCE)) {
      throw new IOException("unexpected status " + response.getStatusCode());
    }
  }
}
