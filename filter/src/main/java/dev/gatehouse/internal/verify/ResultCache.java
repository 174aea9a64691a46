package dev.gatehouse.internal.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.internal.concurrent.SingleFlight;
import dev.gatehouse.internal.concurrent.SingleFlight.CountedFrom;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenDigest;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Caches the results of introspection for a short time (RFC 7662 §4). It contains responses and
 * never our decisions: time, audience, issuer and scopes are checked again for every request. It
 * contains no tokens, only their SHA-256.
 *
 * <p>An eviction is final: a request that arrives after it is not admitted on an older response,
 * not even if that was under way. This class is thread-safe.
 */
public final class ResultCache {

  /** The result of a lookup of one token at one server. */
  sealed interface Lookup {

    /** A result that may be used as it is. */
    record Fresh(VerificationResult result) implements Lookup {}

    /** The latest result was active. It has expired and may be used only during an outage. */
    record Stale(VerificationResult.Active result) implements Lookup {}

    /** The token was active within the last ten minutes; no result of it may be used. */
    record RecentlyActive() implements Lookup {}

    /** The cache knows nothing about the token. */
    record Absent() implements Lookup {}
  }

  private static final Lookup RECENTLY_ACTIVE = new Lookup.RecentlyActive();
  private static final Lookup ABSENT = new Lookup.Absent();

  /** How long a token counts as recently active. */
  private static final Duration RECENTLY = Duration.ofMinutes(10);

  /** Anyone can invent bad tokens, so inactive results get a small part of the cache. */
  private static final int ACTIVE_PER_INACTIVE = 10;

  private final List<TrustedServer> servers;
  private final CacheSettings settings;
  private final InstantSource clock;
  private final RecallingTicker ticker;

  private final Cache<TokenKey, Entry> active;
  private final Cache<TokenKey, Lookup.Fresh> inactive;

  /**
   * An active result. It keeps the lookup that it is returned in, so that a hit allocates nothing.
   *
   * @param freshUntil on the ticker's scale
   * @param usableUntil on the ticker's scale; at the latest, when the token expires
   */
  private record Entry(
      VerificationResult.Active result, Lookup.Fresh fresh, long freshUntil, long usableUntil) {

    TokenClaims claims() {
      return result.claims();
    }
  }

  private final SingleFlight<TokenKey, VerificationResult> inFlight =
      new SingleFlight<>(Ticker.systemTicker());

  private final LongAdder evictions = new LongAdder();

  public ResultCache(
      List<TrustedServer> servers, CacheSettings settings, InstantSource clock, Ticker ticker) {
    this.servers = List.copyOf(servers);
    this.settings = settings;
    this.clock = clock;
    this.ticker = new RecallingTicker(ticker);
    this.active = bounded(settings.maxEntries(), this.ticker).expireAfterWrite(retention()).build();
    this.inactive =
        bounded(Math.max(1, settings.maxEntries() / ACTIVE_PER_INACTIVE), this.ticker)
            .expireAfterWrite(settings.inactiveTtl())
            .build();
  }

  /** Runs maintenance on calling threads: other threads would outlive the application. */
  private static Caffeine<Object, Object> bounded(int entries, Ticker ticker) {
    return Caffeine.newBuilder().maximumSize(entries).ticker(ticker).executor(Runnable::run);
  }

  /** Whether results are cached at all. */
  boolean isOn() {
    return !settings.ttl().isZero();
  }

  /** Looks up a token. Allocates nothing when the result is fresh. */
  Lookup lookup(TokenKey key) {
    ticker.forget();
    Entry entry = active.getIfPresent(key);
    long now = ticker.recall();
    if (entry != null && now - entry.freshUntil() < 0) {
      return entry.fresh();
    }
    Lookup.Fresh bad = inactive.getIfPresent(key);
    if (bad != null) {
      return bad;
    }
    if (entry == null) {
      return ABSENT;
    }
    return now - entry.usableUntil() < 0 ? new Lookup.Stale(entry.result()) : RECENTLY_ACTIVE;
  }

  /**
   * Verifies a token and caches the result, or waits for another request that is verifying it.
   *
   * @param wait for another request, counted from the start of its verification
   * @param verification runs on the calling thread, at most once
   * @return empty when the wait is over
   */
  Optional<VerificationResult> verifyOnce(
      TokenKey key, Supplier<SingleFlight.Wait> wait, Supplier<VerificationResult> verification) {
    return inFlight.get(
        key, wait, CountedFrom.START_OF_CALL, call -> verifyUnlessKnown(key, call, verification));
  }

  private VerificationResult verifyUnlessKnown(
      TokenKey key,
      SingleFlight.Call<VerificationResult> call,
      Supplier<VerificationResult> verification) {
    // Another request may have stored the result since our lookup.
    if (lookup(key) instanceof Lookup.Fresh known) {
      return known.result();
    }
    VerificationResult result = verification.get();
    call.storeUnlessInvalidated(result, () -> store(key, result));
    return result;
  }

  /** Stores active and inactive results; an unavailable server says nothing about the token. */
  private void store(TokenKey key, VerificationResult result) {
    if (result instanceof VerificationResult.Active good) {
      long usableFor = usableFor(good.claims());
      if (usableFor == 0) {
        active.invalidate(key);
      } else {
        long now = ticker.read();
        long freshFor = Math.min(settings.ttl().toNanos(), usableFor);
        Lookup.Fresh fresh = new Lookup.Fresh(good);
        active.put(key, new Entry(good, fresh, now + freshFor, now + usableFor));
      }
    } else if (result instanceof VerificationResult.Inactive bad) {
      active.invalidate(key);
      if (!settings.inactiveTtl().isZero()) {
        inactive.put(key, new Lookup.Fresh(bad));
      }
    }
  }

  /** For how many nanoseconds an active result may be used: at most until the token expires. */
  private long usableFor(TokenClaims claims) {
    Instant end = claims.expiresAt();
    Duration left = end == null ? usable() : Duration.between(clock.instant(), end);
    if (left.isNegative()) {
      return 0;
    }
    return left.compareTo(usable()) < 0 ? left.toNanos() : usable().toNanos();
  }

  /** How long any active result may be used, with an outage or without. */
  private Duration usable() {
    return settings.ttl().plus(settings.staleWhileUnavailable());
  }

  /** How long an active result is kept: longer than it is usable, if it is to be remembered. */
  private Duration retention() {
    return settings.remembersActive() && RECENTLY.compareTo(usable()) > 0 ? RECENTLY : usable();
  }

  public void evictToken(String accessToken) {
    byte[] hash = TokenDigest.of(accessToken);
    evictions.increment();
    for (TrustedServer server : servers) {
      TokenKey key = TokenKey.of(hash, server);
      inFlight.invalidate(key); // first: a result that it has stored is removed below
      active.invalidate(key);
      inactive.invalidate(key);
    }
  }

  public void evictUser(String userId) {
    evictWhere(claims -> userId.equals(claims.subject()));
  }

  public void evictClient(String clientId) {
    evictWhere(claims -> clientId.equals(claims.clientId()));
  }

  public void evictAll() {
    evictions.increment();
    inFlight.invalidate(result -> true);
    active.invalidateAll();
    inactive.invalidateAll();
  }

  private void evictWhere(Predicate<TokenClaims> condition) {
    evictions.increment();
    inFlight.invalidate(
        result ->
            result instanceof VerificationResult.Active good && condition.test(good.claims()));
    active.asMap().values().removeIf(entry -> condition.test(entry.claims()));
  }

  /** The approximate number of entries; expired ones count until they are removed. */
  public long size() {
    return active.estimatedSize() + inactive.estimatedSize();
  }

  /** How many evictions were requested. */
  public long evictions() {
    return evictions.sum();
  }
}
