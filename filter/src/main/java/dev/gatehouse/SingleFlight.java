package dev.gatehouse;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Lets one caller at a time fetch the value of a key, while the others wait for what it gets,
 * failures included. Nothing is kept: whoever comes after that fetches anew.
 *
 * <p>The first caller fetches on its own thread and outside any lock, so a slow key holds up no
 * other. Safe for use by many threads.
 */
final class SingleFlight<K, V> {

  private final ConcurrentMap<K, Flight<V>> flights = new ConcurrentHashMap<>();
  private final Ticker ticker;

  SingleFlight(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * The value, fetched by this caller or by one that was there before.
   *
   * @param patience how long to wait for another caller's fetch, counted from its beginning: what
   *     has taken long already is not waited for again by each newcomer; our own fetch has its own
   *     time limit
   * @return empty when that time is up, or the waiting thread has been interrupted
   */
  Optional<V> get(K key, Duration patience, Function<Flight<V>, V> fetch) {
    long start = ticker.read();
    while (true) {
      Flight<V> mine = new Flight<>(ticker.read());
      Flight<V> others = flights.putIfAbsent(key, mine);
      if (others == null) {
        return Optional.of(fetchInto(mine, key, fetch));
      }
      try {
        long waited = ticker.read() - Math.min(start, others.begun);
        return await(others, patience.toNanos() - waited);
      } catch (CancellationException e) {
        // What was fetched is of no use to others: now it is for one of us to fetch.
      }
    }
  }

  private Optional<V> await(Flight<V> others, long nanos) {
    try {
      return Optional.of(others.landed.get(nanos, TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the caller that fetched has failed", e.getCause());
    }
  }

  private V fetchInto(Flight<V> mine, K key, Function<Flight<V>, V> fetch) {
    try {
      V value = fetch.apply(mine);
      flights.remove(key, mine);
      if (Thread.currentThread().isInterrupted() || mine.isOutOfDate(value)) {
        mine.landed.cancel(false); // what an interrupted thread brings says nothing to the others
      } else {
        mine.landed.complete(value);
      }
      return value;
    } catch (RuntimeException | Error e) {
      flights.remove(key, mine);
      mine.landed.completeExceptionally(e);
      throw e;
    }
  }

  /** What is being fetched for this key is out of date: only its own fetcher still gets it. */
  void doubt(K key) {
    Flight<V> flight = flights.remove(key);
    if (flight != null) {
      flight.doubt(value -> true);
    }
  }

  /** What is being fetched is out of date if it turns out to be of this kind. */
  void doubt(Predicate<? super V> outOfDate) {
    flights.values().forEach(flight -> flight.doubt(outOfDate));
  }
}
