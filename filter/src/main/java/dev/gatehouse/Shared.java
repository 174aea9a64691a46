package dev.gatehouse;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value that many threads need and one of them fetches, while the others wait for it. One that is
 * not to be kept, such as a failure, is shared with those who are waiting and with nobody after
 * them.
 *
 * <p>A fetch keeps to the deadline of the thread that began it, and each waits to its own.
 */
final class Shared<T> {

  private final Function<Deadline, T> fetch;
  private final Predicate<T> keeps;
  private final AtomicReference<@Nullable CompletableFuture<T>> current = new AtomicReference<>();

  /**
   * Makes one.
   *
   * @param fetch may take its time; runs on the thread that asks
   * @param keeps whether a value may still be used; asked on every use
   */
  Shared(Function<Deadline, T> fetch, Predicate<T> keeps) {
    this.fetch = fetch;
    this.keeps = keeps;
  }

  T get(Deadline deadline) {
    while (true) {
      CompletableFuture<T> found = current.get();
      if (found != null && !found.isDone()) {
        return await(found, deadline);
      }
      if (found != null && keeps.test(found.join())) {
        return found.join();
      }
      CompletableFuture<T> mine = new CompletableFuture<>();
      if (current.compareAndSet(found, mine)) {
        return fetchInto(mine, deadline);
      }
    }
  }

  private T await(CompletableFuture<T> found, Deadline deadline) {
    try {
      return found.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      return found.join(); // throws, as the fetch did
    } catch (TimeoutException e) {
      return fetch.apply(deadline); // says itself that there is no time
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return fetch.apply(deadline); // likewise that it was interrupted
    }
  }

  private T fetchInto(CompletableFuture<T> mine, Deadline deadline) {
    try {
      T value = fetch.apply(deadline);
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
