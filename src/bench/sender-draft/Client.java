import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One client in a JVM of its own. Reads {@code uri concurrency milliseconds} lines, answers each
 * with {@code exchanges/s cpu-µs p50-µs p99-µs bytes threads errors}, all but the first per
 * exchange.
 */
final class Client {

  private static final OperatingSystemMXBean OS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final AtomicLong TOKENS = new AtomicLong();
  private static final ClientSecretBasic CREDENTIALS =
      new ClientSecretBasic(
          new ClientID("mcp-filter"), new Secret("a-secret-of-this-very-benchmark"));

  private Client() {}

  public static void main(String[] arguments) throws Exception {
    HTTPRequestSender sender = Senders.of(arguments[0], arguments[1]);
    int ownThreads = THREADS.getThreadCount();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    String line;
    while ((line = in.readLine()) != null) {
      String[] words = line.split(" ");
      System.out.println(
          measure(
              sender,
              URI.create(words[0]),
              Integer.parseInt(words[1]),
              Long.parseLong(words[2]),
              ownThreads));
    }
    System.exit(0);
  }

  private static void ask(HTTPRequestSender sender, URI uri) throws Exception {
    String token =
        "unspeakable-" + (1_000_000_000_000_000L + TOKENS.incrementAndGet()) + "-abcdefghijklmn";
    HTTPRequest request =
        new TokenIntrospectionRequest(uri, CREDENTIALS, new BearerAccessToken(token))
            .toHTTPRequest();
    request.setAccept("application/json");
    var response = request.send(sender);
    if (response.getStatusCode() != 200
        || response.getBody().length() != StubServer.BODY.length()) {
      throw new IllegalStateException("wrong answer");
    }
  }

  private static String measure(
      HTTPRequestSender sender, URI uri, int concurrency, long millis, int ownThreads)
      throws Exception {
    long[][] times = new long[concurrency][1 << 12];
    int[] counts = new int[concurrency];
    AtomicLong errors = new AtomicLong();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(concurrency);
    CountDownLatch finish = new CountDownLatch(1);
    long[] end = new long[1];
    for (int i = 0; i < concurrency; i++) {
      int me = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  begun.await();
                  long now = System.nanoTime();
                  while (now < end[0]) {
                    try {
                      ask(sender, uri);
                    } catch (Exception e) {
                      if (errors.incrementAndGet() == 1) {
                        e.printStackTrace();
                      }
                    }
                    long after = System.nanoTime();
                    if (counts[me] == times[me].length) {
                      times[me] = Arrays.copyOf(times[me], 2 * counts[me]);
                    }
                    times[me][counts[me]++] = after - now;
                    now = after;
                  }
                  done.countDown();
                  finish.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    long allocated = allocated();
    long cpu = OS.getProcessCpuTime();
    long start = System.nanoTime();
    end[0] = start + millis * 1_000_000;
    begun.countDown();
    done.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    cpu = OS.getProcessCpuTime() - cpu;
    allocated = allocated() - allocated;
    int threads = THREADS.getThreadCount() - concurrency - ownThreads;
    finish.countDown();
    int total = Arrays.stream(counts).sum();
    long[] all = new long[total];
    int at = 0;
    for (int i = 0; i < concurrency; i++) {
      System.arraycopy(times[i], 0, all, at, counts[i]);
      at += counts[i];
    }
    Arrays.sort(all);
    return "%.0f %.1f %.0f %.0f %d %d %d"
        .formatted(
            total / seconds,
            cpu / 1e3 / total,
            all[total / 2] / 1e3,
            all[(int) (total * 0.99)] / 1e3,
            allocated / total,
            threads,
            errors.get());
  }

  /** By threads that still live; those that come and go in between are not seen. */
  private static long allocated() {
    return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
        .filter(b -> b > 0)
        .sum();
  }
}
