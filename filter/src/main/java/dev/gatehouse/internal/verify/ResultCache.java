package dev.gatehouse.internal.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.internal.concurrent.SingleFlight;
import dev.gatehouse.internal.concurrent.SingleFlight.CountedFrom;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenDigest;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Caches the results of verification for a short time (RFC 7662 §4). It contains results and never
 * our decisions: time, audience, issuer and scopes are checked again for every request. It contains
 * no tokens, only their SHA-256.
 *
 * <p>An eviction is final: a request that arrives after it is not admitted on an older response,
 * not even if that was under way, and no token is verified again locally. This class is
 * thread-safe.
 */
public final class ResultCache {

  /** The result of a lookup of one token at one server. */
  sealed interface Lookup {

    /** A result that may be used as it is. */
    sealed interface Fresh extends Lookup {
      VerificationResult result();
    }

    /** The latest result was active. It has expired and may be used only during an outage. */
    record Stale(VerificationResult.Active result) implements Lookup {}

    /** The token was active within the last ten minutes; no result of it may be used. */
    record RecentlyActive() implements Lookup {}

    /** The cache knows nothing about the token. */
    record Absent() implements Lookup {}
  }

  private static final Lookup RECENTLY_ACTIVE = new Lookup.RecentlyActive();
  private static final Lookup ABSENT = new Lookup.Absent();

  /** The bytes of an active result beside its claims: key, records, and the cache's own. */
  private static final int BYTES_PER_ENTRY = 300;

  /** Anyone can invent bad tokens, so inactive results get a small part of the cache. */
  private static final int ACTIVE_PER_INACTIVE = 10;

  private final List<TrustedServer> servers;
  private final CacheSettings settings;
  private final DenyList denied;
  private final InstantSource clock;
  private final RecallingTicker ticker;

  private final Footprint footprint = new Footprint();
  private final Cache<TokenKey, Entry> active;
  private final Cache<TokenKey, InactiveEntry> inactive;
  private final RecentlyActive recentlyActive;

  /**
   * An active result. A lookup returns the entry itself while it is fresh, and allocates nothing.
   *
   * @param freshUntil on the ticker's scale
   * @param usableUntil on the ticker's scale; at the latest, when the token expires
   */
  private record Entry(VerificationResult.Active result, long freshUntil, long usableUntil)
      implements Lookup.Fresh {

    TokenClaims claims() {
      return result.claims();
    }
  }

  private record InactiveEntry(VerificationResult.Inactive result) implements Lookup.Fresh {}

  private final SingleFlight<TokenKey, VerificationResult> inFlight =
      new SingleFlight<>(Ticker.systemTicker());

  private final LongAdder evictions = new LongAdder();
  private final List<Consumer<Eviction>> listeners = new CopyOnWriteArrayList<>();

  /**
   * Creates an empty cache.
   *
   * @param denied learns of evictions
   */
  public ResultCache(
      List<TrustedServer> servers,
      DenyList denied,
      CacheSettings settings,
      InstantSource clock,
      Ticker ticker) {
    this.servers = List.copyOf(servers);
    this.denied = denied;
    this.settings = settings;
    this.clock = clock;
    this.ticker = new RecallingTicker(ticker);
    this.recentlyActive = new RecentlyActive(settings, this.ticker);
    this.active = activeResults();
    this.inactive =
        newCache()
            .maximumSize(Math.max(1, settings.maxEntries() / ACTIVE_PER_INACTIVE))
            .expireAfterWrite(settings.inactiveTtl())
            .build();
  }

  /** Runs maintenance on calling threads: other threads would outlive the application. */
  private Caffeine<Object, Object> newCache() {
    return Caffeine.newBuilder().ticker(ticker).executor(Runnable::run);
  }

  /**
   * Limits entries and bytes at once: Caffeine allows one limit only, so each entry weighs at least
   * its share of the bytes.
   */
  private Cache<TokenKey, Entry> activeResults() {
    int share = (int) Math.max(1, settings.maxBytes() / settings.maxEntries());
    return newCache()
        .maximumWeight(Math.min(settings.maxBytes(), (long) share * settings.maxEntries()))
        .weigher((TokenKey key, Entry entry) -> Math.max(share, bytes(entry)))
        .expireAfterWrite(usable())
        .evictionListener(this::rememberExpired)
        .build();
  }

  private int bytes(Entry entry) {
    return (int) Math.min(Integer.MAX_VALUE, BYTES_PER_ENTRY + footprint.of(entry.claims()));
  }

  /** Keeps only the key of an expired result, because its claims may be large. */
  private void rememberExpired(@Nullable TokenKey key, @Nullable Entry entry, RemovalCause cause) {
    if (key != null && entry != null && cause == RemovalCause.EXPIRED) {
      recentlyActive.add(key, storedAt(entry), ticker.read());
    }
  }

  /** When the result was stored; earlier if the token expires before its time-to-live ends. */
  private long storedAt(Entry entry) {
    return entry.freshUntil() - settings.ttl().toNanos();
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
      return entry;
    }
    InactiveEntry bad = inactive.getIfPresent(key);
    if (bad != null) {
      return bad;
    }
    if (entry != null && now - entry.usableUntil() < 0) {
      return new Lookup.Stale(entry.result());
    }
    if (entry != null) {
      dropClaims(key, entry, now);
    }
    return recentlyActive.contains(key, now) ? RECENTLY_ACTIVE : ABSENT;
  }

  /** The token has expired before its result would. */
  @SuppressWarnings("ReferenceEquality") // not an equal entry that was stored since
  private void dropClaims(TokenKey key, Entry expired, long now) {
    active.asMap().computeIfPresent(key, (same, entry) -> entry == expired ? null : entry);
    recentlyActive.add(key, storedAt(expired), now);
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
        active.put(key, new Entry(good, now + freshFor, now + usableFor));
        recentlyActive.remove(key); // it is among the active ones
      }
    } else if (result instanceof VerificationResult.Inactive bad) {
      active.invalidate(key);
      recentlyActive.remove(key);
      if (!settings.inactiveTtl().isZero()) {
        inactive.put(key, new InactiveEntry(bad));
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

  /** The tokens that must not be verified again. */
  DenyList denied() {
    return denied;
  }

  // Each eviction first denies tokens, so that no later verification admits one; then invalidates
  // verifications under way, so that they store nothing; and then removes what has been stored.

  public void evictToken(String accessToken) {
    byte[] hash = TokenDigest.of(accessToken);
    evictions.increment();
    denied.addToken(accessToken, hash);
    for (TrustedServer server : servers) {
      TokenKey key = TokenKey.of(hash, server);
      inFlight.invalidate(key);
      active.invalidate(key);
      recentlyActive.remove(key); // after it: an expired result has been moved there
      inactive.invalidate(key);
    }
    report((token, result) -> MessageDigest.isEqual(hash, TokenDigest.of(token.value())));
  }

  /** Evicts the tokens of this {@code jti} of one issuer; null for those of all issuers. */
  public void evictTokenId(@Nullable String issuer, String tokenId) {
    denied.addId(issuer, tokenId);
    evictWhere(token -> tokenId.equals(DenyList.tokenId(token.claims())) && isFrom(issuer, token));
  }

  /** Evicts a user's tokens of one issuer; null for the users of this id of all issuers. */
  public void evictUser(@Nullable String issuer, String userId) {
    denied.addUser(issuer, userId);
    evictWhere(token -> userId.equals(token.claims().subject()) && isFrom(issuer, token));
  }

  /** Evicts a client's tokens of one issuer; null for the clients of this id of all issuers. */
  public void evictClient(@Nullable String issuer, String clientId) {
    denied.addClient(issuer, clientId);
    evictWhere(token -> clientId.equals(token.claims().clientId()) && isFrom(issuer, token));
  }

  private static boolean isFrom(@Nullable String issuer, VerificationResult.Active token) {
    String actual = token.server().issuer();
    return issuer == null || issuer.equals(actual == null ? token.claims().issuer() : actual);
  }

  /** Whether tokens of this issuer may be in the cache. */
  public boolean mayHaveIssuer(String issuer) {
    return servers.stream().anyMatch(s -> s.issuer() == null || issuer.equals(s.issuer()));
  }

  public void evictAll() {
    evictions.increment();
    denied.addAll();
    active.asMap().forEach((key, entry) -> denied.addIfIssuedLater(key, entry.result()));
    inFlight.invalidate(result -> true);
    active.invalidateAll();
    recentlyActive.removeAll();
    inactive.invalidateAll();
    report((token, result) -> true);
  }

  /**
   * Adds a listener to evictions. It is called after the cache has forgotten the tokens, so that
   * what it ends can't begin anew with an older result.
   */
  public void addListener(Consumer<Eviction> listener) {
    listeners.add(listener);
  }

  private void report(Eviction eviction) {
    listeners.forEach(listener -> listener.accept(eviction));
  }

  private void evictWhere(Predicate<VerificationResult.Active> condition) {
    evictions.increment();
    inFlight.invalidate(
        result -> result instanceof VerificationResult.Active good && condition.test(good));
    active
        .asMap()
        .entrySet()
        .removeIf(
            entry -> {
              VerificationResult.Active result = entry.getValue().result();
              boolean evicted = condition.test(result);
              if (evicted) {
                denied.addIfIssuedLater(entry.getKey(), result);
              }
              return evicted;
            });
    report((token, result) -> condition.test(result));
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
