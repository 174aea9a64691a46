package dev.gatehouse;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** One fetch under way in {@link SingleFlight}. Safe for use by many threads. */
final class Flight<V> {

  /** When it began, on the ticker's scale. */
  final long begun;

  /** What those who wait get; cancelled when they are to fetch for themselves. */
  final CompletableFuture<V> landed = new CompletableFuture<>();

  /** Which values are out of date by now; guarded by this. */
  private final List<Predicate<? super V>> doubts = new ArrayList<>(0);

  Flight(long begun) {
    this.begun = begun;
  }

  /** From now on, a value of this kind is out of date: it was looked up before, perhaps. */
  synchronized void doubt(Predicate<? super V> outOfDate) {
    doubts.add(outOfDate);
  }

  /**
   * Has the value kept, unless it is out of date. Whoever casts doubt on it waits meanwhile, and
   * finds it where it is kept.
   */
  synchronized void keep(V value, Runnable keeping) {
    if (!isOutOfDate(value)) {
      keeping.run();
    }
  }

  synchronized boolean isOutOfDate(V value) {
    for (Predicate<? super V> doubt : doubts) {
      if (doubt.test(value)) {
        return true;
      }
    }
    return false;
  }
}
