package dev.gatehouse.internal.observe;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;

/** Counts events and measures how long they take. This class is thread-safe and lock-free. */
public final class Latency {

  private final LongAdder count = new LongAdder();
  private final LongAdder totalNanos = new LongAdder();
  private final LongAccumulator longestNanos = new LongAccumulator(Math::max, 0);

  /** Receive each single value, for example for a histogram. */
  private final List<LongConsumer> listeners = new CopyOnWriteArrayList<>();

  public void record(long durationNanos) {
    count.increment();
    totalNanos.add(durationNanos);
    longestNanos.accumulate(durationNanos);
    listeners.forEach(listener -> listener.accept(durationNanos));
  }

  long count() {
    return count.sum();
  }

  /** The sum of all durations. */
  long totalNanos() {
    return totalNanos.sum();
  }

  /** The longest duration since the start. */
  long longestNanos() {
    return longestNanos.get();
  }

  /** Passes each value, in nanoseconds, to the listener from now on. */
  public void addListener(LongConsumer listener) {
    listeners.add(listener);
  }

  public void removeListener(LongConsumer listener) {
    listeners.remove(listener);
  }
}
