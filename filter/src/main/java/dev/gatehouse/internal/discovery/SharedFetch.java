package dev.gatehouse.internal.discovery;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.internal.concurrent.SingleFlight;
import dev.gatehouse.internal.concurrent.SingleFlight.CountedFrom;
import dev.gatehouse.internal.http.Deadline;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value that many threads need: one of them fetches it, the others wait, and it is stored as long
 * as it is usable. A value that is not usable, such as a failure, is shared only with the threads
 * that are waiting for it. This class is thread-safe.
 */
public final class SharedFetch<T> {

  private static final Object ONLY_KEY = new Object();

  private final Function<Deadline, T> fetch;
  private final Predicate<T> isUsable;
  private final SingleFlight<Object, T> inFlight = new SingleFlight<>(Ticker.systemTicker());
  private final AtomicReference<@Nullable T> stored = new AtomicReference<>();

  /**
   * Creates a value that has not been fetched.
   *
   * @param fetch may block; runs on a thread that calls {@link #get}
   * @param isUsable whether a stored value may be used; called at every use
   */
  public SharedFetch(Function<Deadline, T> fetch, Predicate<T> isUsable) {
    this.fetch = fetch;
    this.isUsable = isUsable;
  }

  /** The stored value, or one fetched by this deadline. */
  public T get(Deadline deadline) {
    T known = stored.get();
    if (known != null && isUsable.test(known)) {
      return known;
    }
    return inFlight
        .get(
            ONLY_KEY,
            () -> SingleFlight.Wait.upTo(deadline.left(), deadline.cut()),
            CountedFrom.ARRIVAL,
            call -> fetchUnlessStored(deadline))
        // After a timeout or an interrupt: the fetch fails at once with that reason.
        .orElseGet(() -> fetch.apply(deadline));
  }

  private T fetchUnlessStored(Deadline deadline) {
    T known = stored.get(); // may have been stored since the first check
    if (known != null && isUsable.test(known)) {
      return known;
    }
    T value = fetch.apply(deadline);
    stored.set(isUsable.test(value) ? value : null);
    return value;
  }

  /** Drops the stored value if it matches, so that the next use fetches a new one. */
  public void drop(Predicate<T> isStale) {
    T known = stored.get();
    if (known != null && isStale.test(known)) {
      stored.compareAndSet(known, null);
    }
  }
}
