package dev.gatehouse.internal.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gatehouse.internal.concurrent.SingleFlight;
import dev.gatehouse.internal.introspection.ProbeExecutor;
import dev.gatehouse.internal.observe.Latency;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the requests that introspect, or wait for an introspection, and cuts introspections short
 * as {@link AdaptiveLimit} decides, so that an authorization server that hangs does not block all
 * threads of the container. This class is thread-safe.
 *
 * <p>Tokens whose introspection had to be cut short are remembered for some seconds. Only one of
 * them at a time is introspected, so that callers who repeat them can't keep other tokens out.
 */
public final class Bulkhead {

  /** Long enough for a burst, short enough that few requests wait for a server that hangs. */
  static final Duration MAX_WAIT = Duration.ofSeconds(1);

  /** During a stall, responses are fast or do not come. */
  private static final Duration MAX_WAIT_IN_STALL = Duration.ofMillis(100);

  /** Longer than callers wait before they try again. */
  private static final Duration SUSPECTED = Duration.ofSeconds(10);

  private static final int MAX_SUSPECTS = 10_000;

  private static final Logger log = LoggerFactory.getLogger(Bulkhead.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition released = lock.newCondition();

  /** Guarded by the lock. */
  private final AdaptiveLimit limit;

  /** Whether a check is scheduled; guarded by the lock. */
  private boolean watched;

  private final Cache<TokenKey, Boolean> suspects;
  private final ProbeExecutor timer;
  private final Duration maxWait;
  private final Latency waits = new Latency();

  /**
   * Creates a bulkhead.
   *
   * @param max the maximum number of concurrent introspections
   * @param clock never goes backward
   * @param timer runs the checks: all threads of the container may be blocked
   */
  public Bulkhead(int max, InstantSource clock, ProbeExecutor timer) {
    this(max, clock, timer, MAX_WAIT);
  }

  /** With another maximum wait, for tests. */
  Bulkhead(int max, InstantSource clock, ProbeExecutor timer, Duration maxWait) {
    this.limit = new AdaptiveLimit(max, clock);
    this.timer = timer;
    this.maxWait = maxWait;
    this.suspects =
        Caffeine.newBuilder()
            .maximumSize(MAX_SUSPECTS)
            .expireAfterAccess(SUSPECTED)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(Runnable::run)
            .build();
  }

  /**
   * Sends what a verification has to send, if that is permitted in time.
   *
   * @return empty if it is not
   */
  Optional<VerificationResult> run(TokenKey key, VerificationCall call) {
    boolean suspect = suspects.getIfPresent(key) != null;
    AdaptiveLimit.Exchange exchange = acquire(suspect, call);
    if (exchange == null) {
      return Optional.empty();
    }
    boolean responded = false;
    try {
      VerificationResult result = call.send();
      responded = isResponse(result);
      return Optional.of(result);
    } finally {
      release(exchange, responded);
      remember(key, suspect, exchange, responded);
    }
  }

  private static boolean isResponse(VerificationResult result) {
    if (!(result instanceof VerificationResult.Unavailable failure)) {
      return true;
    }
    Reason reason = failure.reason();
    return reason != Reason.AS_TIMEOUT
        && reason != Reason.AS_UNREACHABLE
        && reason != Reason.AS_NOT_ASKED
        && reason != Reason.INTERRUPTED;
  }

  private void remember(
      TokenKey key, boolean suspect, AdaptiveLimit.Exchange exchange, boolean responded) {
    if (responded && suspect) {
      suspects.invalidateAll(); // the server is well again
    } else if (!responded && exchange.isCut()) {
      suspects.put(key, true);
    }
  }

  private AdaptiveLimit.@Nullable Exchange acquire(boolean suspect, VerificationCall call) {
    long start = System.nanoTime();
    lock.lock();
    try {
      Optional<AdaptiveLimit.Exchange> exchange = limit.begin(suspect, call::cutShort);
      if (exchange.isEmpty() && !suspect && !call.isUnresponsive()) {
        exchange = await(call);
      }
      watch();
      return exchange.orElse(null);
    } finally {
      lock.unlock();
      waits.record(System.nanoTime() - start);
    }
  }

  /** With the lock held, which is released meanwhile. */
  private Optional<AdaptiveLimit.Exchange> await(VerificationCall call) {
    if (!limit.mayWait()) {
      return Optional.empty();
    }
    try {
      Duration wait =
          limit.isStalled() && maxWait.compareTo(MAX_WAIT_IN_STALL) > 0
              ? MAX_WAIT_IN_STALL
              : maxWait;
      long nanos = wait.toNanos();
      Optional<AdaptiveLimit.Exchange> exchange = Optional.empty();
      while (exchange.isEmpty() && nanos > 0) {
        nanos = released.awaitNanos(nanos);
        exchange = limit.begin(false, call::cutShort);
      }
      return exchange;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      limit.stopWaiting();
    }
  }

  private void release(AdaptiveLimit.Exchange exchange, boolean responded) {
    lock.lock();
    try {
      limit.end(exchange, responded);
      released.signal();
      if (limit.isStalled()) {
        released.signal(); // the limit may have grown
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * How long a request may wait for the introspection of the same token by another request.
   *
   * @param longest how long that may take
   * @param unresponsive whether the server is
   */
  SingleFlight.Wait follow(Duration longest, boolean unresponsive) {
    lock.lock();
    try {
      Optional<CompletableFuture<Void>> sentAway = limit.follow();
      if (sentAway.isPresent()) {
        return new Follower(longest, sentAway.get());
      }
      return SingleFlight.Wait.upTo(unresponsive || limit.isStalled() ? Duration.ZERO : maxWait);
    } finally {
      lock.unlock();
    }
  }

  private final class Follower implements SingleFlight.Wait {

    private final Duration max;
    private final CompletableFuture<Void> sentAway;

    Follower(Duration max, CompletableFuture<Void> sentAway) {
      this.max = max;
      this.sentAway = sentAway;
    }

    @Override
    public Duration max() {
      return max;
    }

    @Override
    public CompletableFuture<Void> cut() {
      return sentAway;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        limit.unfollow(sentAway);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Schedules the next check unless one is scheduled. With the lock held. */
  private void watch() {
    if (!watched) {
      limit
          .nextCheck()
          .ifPresent(
              delay -> {
                watched = true;
                var unused = timer.schedule(this::check, delay);
              });
    }
  }

  private void check() {
    List<Runnable> ends;
    boolean begins;
    lock.lock();
    try {
      watched = false;
      boolean wasStalled = limit.isStalled();
      ends = limit.check();
      begins = limit.isStalled() && !wasStalled;
      watch();
    } finally {
      lock.unlock();
    }
    ends.forEach(Runnable::run);
    if (begins) {
      log.warn("introspections hang: cutting them short, and allowing fewer at a time");
    }
  }

  /** Whether introspections hang, so that some are cut short. */
  boolean isStalled() {
    lock.lock();
    try {
      return limit.isStalled();
    } finally {
      lock.unlock();
    }
  }

  /** The time that requests waited until they might introspect, with or without success. */
  public Latency waits() {
    return waits;
  }

  /** The approximate number of requests that are waiting. */
  public int waiting() {
    lock.lock();
    try {
      return lock.getWaitQueueLength(released);
    } finally {
      lock.unlock();
    }
  }
}
