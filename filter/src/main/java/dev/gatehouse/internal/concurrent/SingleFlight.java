package dev.gatehouse.internal.concurrent;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Lets one caller at a time compute the value of a key, while other callers wait for its result,
 * failures included. Stores nothing: a caller that comes after the result computes anew.
 *
 * <p>The first caller computes on its own thread and outside any lock, so a slow key delays no
 * other. This class is thread-safe.
 */
public final class SingleFlight<K, V> {

  /** The start of a caller's maximum wait. */
  public enum CountedFrom {
    /** The caller's arrival. */
    ARRIVAL,
    /**
     * The start of the call that the caller waits for, so that no caller waits the full time again
     * for a call that has already taken long.
     */
    START_OF_CALL
  }

  /** A caller's wait for another caller's result; closed when it is over. Thread-safe. */
  public interface Wait extends AutoCloseable {

    /** The longest wait. */
    Duration max();

    /** Is completed when the caller must stop waiting. */
    CompletableFuture<Void> cut();

    @Override
    default void close() {}

    /** A wait of at most this time. */
    static Wait upTo(Duration max) {
      return upTo(max, new CompletableFuture<>());
    }

    /** A wait of at most this time that may be cut short. */
    static Wait upTo(Duration max, CompletableFuture<Void> cut) {
      return new Wait() {
        @Override
        public Duration max() {
          return max;
        }

        @Override
        public CompletableFuture<Void> cut() {
          return cut;
        }
      };
    }
  }

  private final ConcurrentMap<K, Call<V>> calls = new ConcurrentHashMap<>();
  private final Ticker ticker;

  public SingleFlight(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Computes the value, or waits for an earlier caller that is computing it.
   *
   * @param wait how long to wait for another caller's result; called only if there is one
   * @return empty when the wait is over, or the waiting thread has been interrupted
   */
  public Optional<V> get(
      K key, Supplier<Wait> wait, CountedFrom from, Function<Call<V>, V> compute) {
    long arrival = ticker.read();
    while (true) {
      Call<V> ours = new Call<>(ticker.read());
      Call<V> theirs = calls.putIfAbsent(key, ours);
      if (theirs == null) {
        return Optional.of(run(ours, key, compute));
      }
      long start = from == CountedFrom.ARRIVAL ? arrival : Math.min(arrival, theirs.startedAt);
      try (Wait waiting = wait.get()) {
        return await(theirs, waiting.cut(), waiting.max().toNanos() - (ticker.read() - start));
      } catch (CancellationException e) {
        // The other call was interrupted or invalidated: one of the waiting callers computes next.
      }
    }
  }

  private Optional<V> await(Call<V> theirs, CompletableFuture<Void> cut, long nanos) {
    try {
      CompletableFuture.anyOf(theirs.result.handle((value, failure) -> theirs), cut)
          .get(nanos, TimeUnit.NANOSECONDS);
      return theirs.result.isDone() ? Optional.of(theirs.result.get()) : Optional.empty();
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the computing caller failed", e.getCause());
    }
  }

  private V run(Call<V> ours, K key, Function<Call<V>, V> compute) {
    try {
      V value = compute.apply(ours);
      calls.remove(key, ours);
      if (Thread.currentThread().isInterrupted() || ours.isInvalidated(value)) {
        ours.result.cancel(false); // the result of an interrupted thread is not shared
      } else {
        ours.result.complete(value);
      }
      return value;
    } catch (RuntimeException | Error e) {
      calls.remove(key, ours);
      ours.result.completeExceptionally(e);
      throw e;
    }
  }

  /** Invalidates the call under way for this key: only the computing caller gets its value. */
  public void invalidate(K key) {
    Call<V> call = calls.remove(key);
    if (call != null) {
      call.invalidate(value -> true);
    }
  }

  /** Invalidates those calls under way whose values match when they are computed. */
  public void invalidate(Predicate<? super V> outdated) {
    calls.values().forEach(call -> call.invalidate(outdated));
  }

  /** One computation under way. This class is thread-safe. */
  public static final class Call<V> {

    private final long startedAt;

    /** The result for waiting callers; cancelled when one of them has to compute next. */
    private final CompletableFuture<V> result = new CompletableFuture<>();

    /** Match values that were invalidated during the call; guarded by this. */
    private final List<Predicate<? super V>> invalidations = new ArrayList<>(0);

    private Call(long startedAt) {
      this.startedAt = startedAt;
    }

    /** Makes the waiting callers compute anew, because the value says something about this one. */
    public void keepFromOthers() {
      invalidate(value -> true);
    }

    private synchronized void invalidate(Predicate<? super V> outdated) {
      invalidations.add(outdated);
    }

    /**
     * Stores the value unless it was invalidated. Atomic with {@code invalidate}, so an eviction
     * sees the entry or prevents it.
     */
    public synchronized void storeUnlessInvalidated(V value, Runnable store) {
      if (!isInvalidated(value)) {
        store.run();
      }
    }

    private synchronized boolean isInvalidated(V value) {
      for (Predicate<? super V> outdated : invalidations) {
        if (outdated.test(value)) {
          return true;
        }
      }
      return false;
    }
  }
}
