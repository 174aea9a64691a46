package dev.gatehouse.internal.stream;

import dev.gatehouse.internal.servlet.ResponseLifetime;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.verify.Eviction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends event streams with their tokens: when the token expires, when it is evicted, and when a
 * recheck finds it inactive. An unavailable authorization server ends nothing. This class is
 * thread-safe.
 *
 * <p>A stream is added before the evictions since its admission are looked up, and an eviction is
 * recorded before it looks up the streams: so one of the two sees the other.
 */
public final class OpenStreams implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OpenStreams.class);

  /** Streams end within a second; looking through ten thousand takes about a millisecond. */
  private static final Duration SWEEP_INTERVAL = Duration.ofMillis(250);

  private final Function<BearerToken, VerificationResult> verifier;
  private final StreamSettings settings;
  private final InstantSource clock;
  private final InstantSource monotonicClock;

  private final Set<OpenStream> streams = ConcurrentHashMap.newKeySet();
  private final RecentEvictions evictions = new RecentEvictions();
  private final Map<EndReason, LongAdder> ended = new ConcurrentHashMap<>();
  private final StreamThreads threads;
  private final AtomicBoolean sweepScheduled = new AtomicBoolean();
  private volatile boolean closed;

  /**
   * Creates an empty set of streams.
   *
   * @param verifier verifies a token again, including all rules
   * @param clock the time of day, for the expiry of tokens
   * @param monotonicClock for intervals
   */
  public OpenStreams(
      Function<BearerToken, VerificationResult> verifier,
      StreamSettings settings,
      InstantSource clock,
      InstantSource monotonicClock) {
    this(verifier, settings, clock, monotonicClock, new StreamThreads());
  }

  /** For tests. */
  OpenStreams(
      Function<BearerToken, VerificationResult> verifier,
      StreamSettings settings,
      InstantSource clock,
      InstantSource monotonicClock,
      StreamThreads threads) {
    this.verifier = verifier;
    this.settings = settings;
    this.clock = clock;
    this.monotonicClock = monotonicClock;
    this.threads = threads;
  }

  /** How many evictions there were. Read it before a token is verified. */
  public long evictions() {
    return evictions.count();
  }

  /**
   * Begins the lifetime of an admitted request, which counts as a stream once its response is one.
   *
   * @param evictionsBefore {@link #evictions()} before the token was verified
   * @param sessionUse keeps the session of the request in use; null if it has none
   */
  public ResponseLifetime admit(
      BearerToken token,
      VerificationResult.Active result,
      long evictionsBefore,
      @Nullable Runnable sessionUse) {
    scheduleSweep(); // again, if there was no thread for it when the last stream opened
    return new OpenStream(this, token, result, evictionsBefore, sessionUse).response;
  }

  void add(OpenStream stream) {
    long now = monotonicClock.millis();
    stream.nextRecheck = now + settings.recheck().toMillis();
    stream.nextSessionUse = now + settings.sessionUse().toMillis();
    streams.add(stream);
    if (closed) {
      end(stream, EndReason.STOPPED);
    } else if (evictions.coverSince(stream.evictionsBefore, stream.token, stream.result)) {
      end(stream, EndReason.EVICTED);
    } else if (stream.hasExpired(clock.millis())) {
      end(stream, EndReason.EXPIRED);
    }
    scheduleSweep();
  }

  void remove(OpenStream stream) {
    streams.remove(stream);
  }

  /** Ends the streams that an eviction covers. */
  public void evict(Eviction eviction) {
    evictions.add(eviction);
    for (OpenStream stream : streams) {
      if (eviction.covers(stream.token, stream.result)) {
        end(stream, EndReason.EVICTED);
      }
    }
  }

  private void scheduleSweep() {
    if (!sweepScheduled.get()
        && !streams.isEmpty()
        && !closed
        && sweepScheduled.compareAndSet(false, true)
        && !threads.later(this::sweepAndRepeat, SWEEP_INTERVAL)) {
      sweepScheduled.set(false);
    }
  }

  private void sweepAndRepeat() {
    try {
      sweep();
      threads.relieveEnds();
    } catch (RuntimeException e) { // the next sweep must come nevertheless
      log.error("a check of the open streams failed", e);
    } finally {
      sweepScheduled.set(false);
      scheduleSweep();
    }
  }

  /** Ends the streams whose tokens have expired, and starts the rechecks that are due. */
  void sweep() {
    long now = clock.millis();
    long monotonicNow = monotonicClock.millis();
    for (OpenStream stream : streams) {
      if (stream.hasExpired(now)) {
        end(stream, EndReason.EXPIRED);
        continue;
      }
      if (!settings.recheck().isZero() && monotonicNow >= stream.nextRecheck) {
        stream.nextRecheck = Long.MAX_VALUE; // until this recheck has finished
        long next = monotonicNow + settings.recheck().toMillis();
        if (!threads.recheck(() -> recheck(stream, next))) {
          stream.nextRecheck = next;
        }
      }
      if (stream.sessionUse != null && monotonicNow >= stream.nextSessionUse) {
        stream.nextSessionUse = monotonicNow + settings.sessionUse().toMillis();
        recordUse(stream.sessionUse);
      }
    }
  }

  /** A store that fails must not keep other streams from their end. */
  private static void recordUse(Runnable sessionUse) {
    try {
      sessionUse.run();
    } catch (RuntimeException e) {
      log.error("the use of a session by an open stream could not be recorded", e);
    }
  }

  private void recheck(OpenStream stream, long next) {
    try {
      if (closed || !streams.contains(stream)) {
        return;
      }
      VerificationResult result = verifier.apply(stream.token);
      if (result instanceof VerificationResult.Active active) {
        stream.result = active; // its expiry may have changed
      } else if (result instanceof VerificationResult.Inactive && !closed) {
        end(stream, EndReason.INACTIVE);
      }
    } catch (RuntimeException e) {
      log.error("the token of an open stream could not be checked", e);
    } finally {
      stream.nextRecheck = next;
    }
  }

  /** Lets nothing more be written at once; the end of the response follows soon. */
  private void end(OpenStream stream, EndReason reason) {
    if (stream.response.requestEnd()) {
      counter(reason).increment();
      log.debug("stream ended: reason={} {}", reason.code(), stream.token);
      threads.end(stream.response::end);
    }
  }

  /** How many streams are open. */
  public long size() {
    return streams.size();
  }

  /** How many streams were ended for this reason. */
  public long ended(EndReason reason) {
    return counter(reason).sum();
  }

  private LongAdder counter(EndReason reason) {
    return ended.computeIfAbsent(reason, first -> new LongAdder());
  }

  /** Ends all streams, and all threads except those that {@link #awaitTermination} waits for. */
  @Override
  public void close() {
    closed = true;
    streams.forEach(stream -> end(stream, EndReason.STOPPED));
    threads.close();
  }

  /** Waits until all threads have ended. Call it after {@link #close}. */
  public void awaitTermination() {
    threads.awaitTermination();
  }
}
