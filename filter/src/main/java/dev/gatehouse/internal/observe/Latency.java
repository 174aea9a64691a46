package dev.gatehouse.internal.observe;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** How often something happened and how long it took. Safe for use by many threads, lock-free. */
public final class Latency {

  private final LongAdder count = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

  /** Others who want each single value, for example for a histogram. */
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();

  public void record(long tookNanos) {
    count.increment();
    nanos.add(tookNanos);
    longest.accumulate(tookNanos);
    listeners.forEach(listener -> listener.accept(tookNanos));
  }

  long count() {
    return count.sum();
  }

  /** Of all together. */
  long totalNanos() {
    return nanos.sum();
  }

  /** Of the one that took the longest, ever. */
  long longestNanos() {
    return longest.get();
  }

  /** Hands on each value, in nanoseconds, from now on. */
  public void addListener(LongConsumer listener) {
    listeners.add(listener);
  }

  public void removeListener(LongConsumer listener) {
    listeners.remove(listener);
  }
}
