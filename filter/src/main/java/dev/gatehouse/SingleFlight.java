package dev.gatehouse;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Lets one caller at a time fetch the value of a key, while the others wait for what it gets,
 * failures included. Nothing is kept: whoever comes after that fetches anew.
 *
 * <p>The first caller fetches on its own thread and outside any lock, so a slow key holds up no
 * other. Safe for use by many threads.
 */
final class SingleFlight<K, V> {

  private final ConcurrentMap<K, CompletableFuture<V>> flights = new ConcurrentHashMap<>();

  /**
   * The value, fetched by this caller or by one that was there before.
   *
   * @param patience how long to wait for another caller's fetch; our own has its own time limit
   * @return empty when that time is up, or the waiting thread has been interrupted
   */
  Optional<V> get(K key, Duration patience, Supplier<V> fetch) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      CompletableFuture<V> mine = new CompletableFuture<>();
      CompletableFuture<V> others = flights.putIfAbsent(key, mine);
      if (others == null) {
        return Optional.of(fetchInto(mine, key, fetch));
      }
      try {
        return await(others, deadline - System.nanoTime());
      } catch (CancellationException e) {
        // Whoever fetched was sent away: now it is for one of us to fetch.
      }
    }
  }

  private Optional<V> await(CompletableFuture<V> others, long nanos) {
    try {
      return Optional.of(others.get(nanos, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the caller that fetched has failed", e.getCause());
    }
  }

  private V fetchInto(CompletableFuture<V> mine, K key, Supplier<V> fetch) {
    try {
      V value = fetch.get();
      flights.remove(key, mine);
      if (Thread.currentThread().isInterrupted()) {
        mine.cancel(false); // what an interrupted thread brings says nothing to the others
      } else {
        mine.complete(value);
      }
      return value;
    } catch (RuntimeException | Error e) {
      flights.remove(key, mine);
      mine.completeExceptionally(e);
      throw e;
    }
  }

  /** Lets nobody join what is under way; those who wait for it already still get it. */
  void closeToNewcomers() {
    flights.clear();
  }
}
