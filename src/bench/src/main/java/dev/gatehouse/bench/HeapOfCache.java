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
 * Fills the cache of a filter by introspection at the stub and prints the bytes of live heap per
 * token. Runs in a separate process, in which nothing else grows.
 */
final class HeapOfCache {

  private static final int THREADS = 4;

  /** The number of tokens after which all classes are loaded and all pools are full. */
  private static final int WARM_UP = 1_000;

  private static final int SERIES = 9;

  private HeapOfCache() {}

  /** Arguments: the variant, the port of the stub and the number of tokens. */
  public static void main(String[] args) throws Exception {
    int stubPort = Integer.parseInt(args[1]);
    Filter filter =
        args[0].equals(Variant.GATEHOUSE.name())
            ? GatehouseSetup.alone(stubPort)
            : SpringSetup.bearerFilterAlone(stubPort);
    int tokens = Integer.parseInt(args[2]);
    introspect(filter, 0, WARM_UP, 1);
    long before = liveBytes();
    introspect(filter, WARM_UP, tokens, 1);
    long after = liveBytes();
    // If a token had been evicted, the stub would count it twice.
    introspect(filter, 0, tokens, 100);
    System.out.println((double) (after - before) / (tokens - WARM_UP));
    System.exit(0);
  }

  private static void introspect(Filter filter, int from, int to, int step) throws Exception {
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

  /** The live heap; several collections, because the first makes further objects collectable. */
  static long liveBytes() {
    for (int i = 0; i < 5; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
