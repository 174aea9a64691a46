package dev.gatehouse.authorizationserver.store.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A token bucket for each key, in this process (Bucket4j). A key is removed once its bucket is full
 * again, and the number of keys is bounded. Thread-safe.
 */
public final class InMemoryRateLimit implements RateLimit {
  private static final int MAX_KEYS = 100_000;

  private final Cache<String, Bucket> buckets;
  private final long capacity;
  private final Duration refill;
  private final TimeMeter meter;

  /**
   * Creates a limit.
   *
   * @param capacity how many attempts are allowed at once
   * @param refill how long until that many are allowed again
   * @param clock tells the time
   * @throws IllegalArgumentException when no attempt would be within the limit
   */
  public InMemoryRateLimit(long capacity, Duration refill, InstantSource clock) {
    if (capacity < 1 || refill.isZero() || refill.isNegative()) {
      throw new IllegalArgumentException(
          "a rate limit of "
              + capacity
              + " in "
              + refill
              + "; write at least 1 and a positive time");
    }
    this.capacity = capacity;
    this.refill = refill;
    this.meter = new ClockMeter(clock);
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(MAX_KEYS)
            .expireAfterAccess(refill)
            .ticker(meter::currentTimeNanos)
            .build();
  }

  /**
   * Returns a factory of limits that each count in this process and forget at its end.
   *
   * @return ignores the names of the limits: no two limits share their counts
   */
  public static RateLimitFactory factory() {
    return (name, capacity, refill, clock) -> new InMemoryRateLimit(capacity, refill, clock);
  }

  @Override
  public Optional<Duration> charge(String key) {
    ConsumptionProbe probe = bucket(key).tryConsumeAndReturnRemaining(1);
    return probe.isConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  @Override
  public Optional<Duration> check(String key) {
    Bucket bucket = buckets.getIfPresent(key);
    if (bucket == null) {
      // A check adds no key, because too many keys displace each other.
      return Optional.empty();
    }
    EstimationProbe probe = bucket.estimateAbilityToConsume(1);
    return probe.canBeConsumed()
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  @Override
  public void refund(String key) {
    Bucket bucket = buckets.getIfPresent(key);
    if (bucket != null) {
      bucket.addTokens(1);
    }
  }

  long keys() {
    buckets.cleanUp();
    return buckets.estimatedSize();
  }

  private Bucket bucket(String key) {
    return buckets.get(key, ignored -> newBucket());
  }

  private Bucket newBucket() {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(capacity).refillGreedy(capacity, refill))
        .withCustomTimePrecision(meter)
        .build();
  }

  /** Makes Bucket4j use the given clock. */
  private record ClockMeter(InstantSource clock) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      Instant now = clock.instant();
      return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    @Override
    public boolean isWallClockBased() {
      return true;
    }
  }
}
