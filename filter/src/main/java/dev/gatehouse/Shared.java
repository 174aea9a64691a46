package dev.gatehouse;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value that many threads need and one of them fetches, while the others wait for it. One that is
 * not to be kept, such as a failure, is shared with those who are waiting and with nobody after
 * them.
 *
 * <p>Waiting takes as long as the fetch, which has to have a time limit of its own.
 */
final class Shared<T> {

  private final Supplier<T> fetch;
  private final Predicate<T> keeps;
  private final AtomicReference<@Nullable CompletableFuture<T>> current = new AtomicReference<>();

  /**
   * Makes one.
   *
   * @param fetch may take its time; runs on the thread that asks
   * @param keeps whether a value may still be used; asked on every use
   */
  Shared(Supplier<T> fetch, Predicate<T> keeps) {
    this.fetch = fetch;
    this.keeps = keeps;
  }

  T get() {
    while (true) {
      CompletableFuture<T> found = current.get();
      if (found != null && (!found.isDone() || keeps.test(found.join()))) {
        return found.join();
      }
      CompletableFuture<T> mine = new CompletableFuture<>();
      if (current.compareAndSet(found, mine)) {
        return fetchInto(mine);
      }
    }
  }

  private T fetchInto(CompletableFuture<T> mine) {
    try {
      T value = fetch.get();
      mine.complete(value);
      return value;
    } catch (RuntimeException | Error e) {
      current.compareAndSet(mine, null);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  /** Fetches anew next time, if this is still the value in use. */
  void drop(Predicate<T> isStale) {
    CompletableFuture<T> found = current.get();
    if (found != null && found.isDone() && isStale.test(found.join())) {
      current.compareAndSet(found, null);
    }
  }
}
