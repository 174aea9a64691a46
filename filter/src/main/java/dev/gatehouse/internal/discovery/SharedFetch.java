package dev.gatehouse.internal.discovery;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.internal.concurrent.SingleFlight;
import dev.gatehouse.internal.concurrent.SingleFlight.CountedFrom;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A value that many threads need: one of them fetches it, the others wait, and it is stored as long
 * as it is usable. Anyone can cause a fetch, with any token, so a failure is stored for a few
 * seconds, too, and a value is dropped only once in that time. A failure that is due to one caller,
 * whose time was cut short, is neither stored nor shared. This class is thread-safe.
 */
public final class SharedFetch<T> {

  /** How long a failure is stored, and the minimum time between two values that are dropped. */
  public static final Duration PAUSE = Duration.ofSeconds(3);

  private static final Object ONLY_KEY = new Object();

  private record Fetched<T>(Attempt<T> attempt, Instant at) {}

  private final Function<Deadline, Attempt<T>> fetch;
  private final Predicate<T> isUsable;
  private final InstantSource clock;
  private final SingleFlight<Object, Attempt<T>> inFlight =
      new SingleFlight<>(Ticker.systemTicker());
  private final AtomicReference<@Nullable Fetched<T>> stored = new AtomicReference<>();

  /** When a value was last dropped; guarded by this. */
  private Instant lastDrop = Instant.MIN;

  /**
   * Creates a value that has not been fetched.
   *
   * @param fetch may block; runs on a thread that calls {@link #get}
   * @param isUsable whether a stored value may be used; called at every use
   * @param clock never set back
   */
  public SharedFetch(
      Function<Deadline, Attempt<T>> fetch, Predicate<T> isUsable, InstantSource clock) {
    this.fetch = fetch;
    this.isUsable = isUsable;
    this.clock = clock;
  }

  /** The stored value or failure, or one fetched by this deadline. */
  public Attempt<T> get(Deadline deadline) {
    Attempt<T> known = known();
    if (known != null) {
      return known;
    }
    return inFlight
        .get(
            ONLY_KEY,
            () -> SingleFlight.Wait.upTo(deadline.left(), deadline.cut()),
            CountedFrom.ARRIVAL,
            call -> fetchUnlessStored(call, deadline))
        // After a timeout or an interrupt: the fetch fails at once with that reason.
        .orElseGet(() -> fetch.apply(deadline));
  }

  private @Nullable Attempt<T> known() {
    Fetched<T> latest = stored.get();
    return latest != null && mayUse(latest) ? latest.attempt() : null;
  }

  private boolean mayUse(Fetched<T> fetched) {
    return fetched.attempt() instanceof Attempt.Succeeded<T> found
        ? isUsable.test(found.value())
        : clock.instant().isBefore(fetched.at().plus(PAUSE));
  }

  private Attempt<T> fetchUnlessStored(SingleFlight.Call<Attempt<T>> call, Deadline deadline) {
    Attempt<T> known = known(); // may have been stored since the first check
    if (known != null) {
      return known;
    }
    boolean hadTime = deadline.isMostlyLeft();
    Attempt<T> attempt = fetch.apply(deadline);
    if (isOfOneCaller(attempt, hadTime && !deadline.isCut())) {
      stored.set(null);
      call.keepFromOthers();
    } else {
      stored.set(new Fetched<>(attempt, clock.instant()));
    }
    return attempt;
  }

  /** A thread that was interrupted, or had too little time, says nothing about the server. */
  private static boolean isOfOneCaller(Attempt<?> attempt, boolean hadTime) {
    return attempt instanceof Attempt.Failed<?> failed
        && (failed.cause().reason() == Reason.INTERRUPTED
            || (failed.cause().reason() == Reason.AS_TIMEOUT && !hadTime));
  }

  /**
   * Forgets a stored failure, so that the next use fetches anew. Refused credentials are not
   * forgotten: the server may lock us out if it gets them more often.
   */
  public void forgetFailure() {
    Fetched<T> latest = stored.get();
    if (latest != null
        && latest.attempt() instanceof Attempt.Failed<T> failed
        && failed.cause().reason() != Reason.AS_CREDENTIALS) {
      stored.compareAndSet(latest, null);
    }
  }

  /**
   * Drops the stored value if it matches, so that the next use fetches a new one; not again within
   * {@link #PAUSE}.
   *
   * @return whether the next use may have another value
   */
  public synchronized boolean drop(Predicate<T> isStale) {
    Fetched<T> latest = stored.get();
    if (latest == null
        || !(latest.attempt() instanceof Attempt.Succeeded<T> found)
        || !isStale.test(found.value())) {
      return true;
    }
    Instant now = clock.instant();
    if (now.isBefore(lastDrop.plus(PAUSE))) {
      return false;
    }
    lastDrop = now;
    stored.compareAndSet(latest, null);
    return true;
  }
}
