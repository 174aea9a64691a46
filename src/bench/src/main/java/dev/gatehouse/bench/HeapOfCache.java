package dev.gatehouse.bench;

import jakarta.servlet.Filter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Fills a filter's cache, asking the stub about each token, and prints how many bytes of live heap
 * each token has taken. Runs in a process of its own, which has nothing else to grow.
 */
final class HeapOfCache {

  private static final int THREADS = 4;

  /** By then all classes are loaded and all pools are as large as they get. */
  private static final int WARM_UP = 1_000;

  private static final int SERIES = 9;

  private HeapOfCache() {}

  /** Arguments: the variant, the stub's port, how many tokens. */
  public static void main(String[] args) throws Exception {
    int stubPort = Integer.parseInt(args[1]);
    Filter filter =
        args[0].equals(Variant.GATEHOUSE.name())
            ? GatehouseGuard.alone(stubPort)
            : SpringGuard.bearerFilterAlone(stubPort);
    int tokens = Integer.parseInt(args[2]);
    feed(filter, 0, WARM_UP, 1);
    long before = liveBytes();
    feed(filter, WARM_UP, tokens, 1);
    long after = liveBytes();
    // Had one gone, the stub would count it twice.
    feed(filter, 0, tokens, 100);
    System.out.println((double) (after - before) / (tokens - WARM_UP));
    System.exit(0);
  }

  private static void feed(Filter filter, int from, int to, int step) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int first = from + thread * step;
      tasks.add(
          () -> {
            OneRequest request = new OneRequest(filter);
            for (int i = first; i < to; i += THREADS * step) {
              request.expect(200, StubRequest.call(Tokens.of(Tokens.ACTIVE, SERIES, i)));
            }
            return null;
          });
    }
    for (Future<Void> done : threads.invokeAll(tasks)) {
      done.get();
    }
    threads.shutdown();
  }

  /** What a full collection leaves; more than one, for what the first only makes collectable. */
  private static long liveBytes() {
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
