package dev.gatehouse;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the authorization servers have answered about tokens, for a short time (RFC 7662 §4). Kept
 * are their answers and never our decisions: time, audience, issuer and scopes are judged again for
 * every request. Tokens are not kept; their SHA-256 is.
 *
 * <p>Reach it by {@link McpAuthFilter#cache()} to forget what has been revoked before its time is
 * up. Whoever has been told that something is forgotten can rely on it: a request that comes
 * afterwards is not let in on an older answer, not even on one that was under way. Safe for use by
 * many threads.
 */
public final class IntrospectionCache {

  /** How long a token is known to have been good, for {@link #hasBeenGood}. */
  private static final Duration LATELY = Duration.ofMinutes(10);

  /** Bad tokens are made up by anybody, so they get the smaller room. */
  private static final int ACTIVE_PER_INACTIVE = 10;

  private final List<TrustedServer> servers;
  private final Duration ttl;
  private final Duration inactiveTtl;
  private final InstantSource clock;
  private final Ticker ticker;

  /** How long an answer that is no longer fresh may be used in an outage. */
  private final Duration stale;

  /** How long an active answer is remembered in all, longer than it is fresh. */
  private final Duration memory;

  private final Cache<TokenKey, Remembered> active;
  private final Cache<TokenKey, Verdict.Inactive> inactive;

  /**
   * A verdict, as it is handed out again and again.
   *
   * @param freshUntil on the ticker's scale
   */
  private record Remembered(Verdict.Active verdict, long freshUntil) {

    IntrospectionAnswer answer() {
      return verdict.answer();
    }
  }

  private final SingleFlight<TokenKey, Verdict> underWay =
      new SingleFlight<>(Ticker.systemTicker());

  /** Counted by {@link TokenVerifier}, which knows what belongs to one lookup. */
  final LongAdder hits = new LongAdder();

  final LongAdder misses = new LongAdder();
  final LongAdder staleServed = new LongAdder();

  /** How often something was to be forgotten. */
  final LongAdder evictions = new LongAdder();

  IntrospectionCache(Settings settings, InstantSource clock, Ticker ticker) {
    this.servers = settings.servers.stream().map(ServerConnection::server).toList();
    this.ttl = settings.cacheTtl;
    this.inactiveTtl = settings.cacheInactiveTtl;
    this.clock = clock;
    this.ticker = ticker;
    this.stale = settings.staleWhileUnavailable;
    this.memory =
        longer(ttl.plus(stale), settings.maxBadTokensPerMinute == 0 ? Duration.ZERO : LATELY);
    this.active =
        bounded(settings.cacheMaxEntries, ticker).expireAfter(new UntilTheTokenEnds()).build();
    this.inactive =
        bounded(Math.max(1, settings.cacheMaxEntries / ACTIVE_PER_INACTIVE), ticker)
            .expireAfterWrite(inactiveTtl)
            .build();
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /** Without threads of its own, which would outlive the application. */
  private static Caffeine<Object, Object> bounded(int entries, Ticker ticker) {
    return Caffeine.newBuilder().maximumSize(entries).ticker(ticker).executor(Runnable::run);
  }

  /** Whether answers are kept at all. */
  boolean isOn() {
    return !ttl.isZero();
  }

  /** The fresh answer that calls this token active; null if there is none. */
  Verdict.@Nullable Active findActive(TokenKey key) {
    Remembered known = active.getIfPresent(key);
    return known != null && known.freshUntil - ticker.read() > 0 ? known.verdict : null;
  }

  /**
   * The answer that called this token active and may stand in while the server can't be reached;
   * null if there is none. One that has been called inactive since has none.
   */
  Verdict.@Nullable Active findStale(TokenKey key) {
    if (stale.isZero()) {
      return null;
    }
    Remembered known = active.getIfPresent(key);
    return known != null && known.freshUntil + stale.toNanos() - ticker.read() > 0
        ? known.verdict
        : null;
  }

  /** Whether this token has been good lately, though nobody can tell whether it still is. */
  boolean hasBeenGood(TokenKey key) {
    return active.getIfPresent(key) != null;
  }

  /** The fresh answer about this token; null if there is none. */
  @Nullable Verdict find(TokenKey key) {
    Verdict known = findActive(key);
    return known != null ? known : inactive.getIfPresent(key);
  }

  /**
   * Asks, or waits for the answer that another caller is asking for already, and keeps it.
   *
   * @param patience how long to wait for another caller's question, counted from its beginning
   * @return empty when that time is up
   */
  Optional<Verdict> ask(TokenKey key, Duration patience, Supplier<Verdict> question) {
    return underWay.get(key, patience, flight -> askAlone(key, flight, question));
  }

  private Verdict askAlone(TokenKey key, Flight<Verdict> flight, Supplier<Verdict> question) {
    Verdict known = find(key); // whoever asked just before us may have got it meanwhile
    if (known != null) {
      return known;
    }
    Verdict verdict = question.get();
    flight.keep(verdict, () -> store(key, verdict));
    return verdict;
  }

  /** Keeps an answer; an outage is none. */
  private void store(TokenKey key, Verdict verdict) {
    if (verdict instanceof Verdict.Active good) {
      if (timeToRemember(good.answer()).isZero()) {
        active.invalidate(key);
      } else {
        active.put(key, new Remembered(good, ticker.read() + ttl.toNanos()));
      }
    } else if (verdict instanceof Verdict.Inactive bad) {
      active.invalidate(key);
      if (!inactiveTtl.isZero()) {
        inactive.put(key, bad);
      }
    }
  }

  /** Not past the token's own end. */
  private Duration timeToRemember(IntrospectionAnswer answer) {
    Instant end = answer.expiresAt();
    if (end == null) {
      return memory;
    }
    Duration left = Duration.between(clock.instant(), end);
    return left.isNegative() ? Duration.ZERO : left.compareTo(memory) < 0 ? left : memory;
  }

  /**
   * Forgets one token, for example because it has been revoked.
   *
   * @param accessToken as clients send it, without {@code Bearer}
   */
  public void evictToken(String accessToken) {
    byte[] hash = Sha256.of(accessToken);
    evictions.increment();
    for (TrustedServer server : servers) {
      TokenKey key = TokenKey.of(hash, server);
      underWay.doubt(key); // before the rest: what it has kept by now is found there
      active.invalidate(key);
      inactive.invalidate(key);
    }
  }

  /**
   * Forgets all tokens of a user, for example because the account has been locked.
   *
   * @param userId what answers have as {@code sub}
   */
  public void evictUser(String userId) {
    evictAnswers(answer -> userId.equals(answer.subject()));
  }

  /**
   * Forgets all tokens of a client.
   *
   * @param clientId what answers have as {@code client_id}
   */
  public void evictClient(String clientId) {
    evictAnswers(answer -> clientId.equals(answer.clientId()));
  }

  /** Forgets everything. */
  public void evictAll() {
    evictions.increment();
    underWay.doubt(verdict -> true);
    active.invalidateAll();
    inactive.invalidateAll();
  }

  private void evictAnswers(Predicate<IntrospectionAnswer> condition) {
    evictions.increment();
    underWay.doubt(
        verdict -> verdict instanceof Verdict.Active good && condition.test(good.answer()));
    active.asMap().values().removeIf(known -> condition.test(known.answer()));
  }

  /**
   * How many answers are kept.
   *
   * @return about that many; answers that are no longer fresh are counted until they are swept
   */
  public long size() {
    return active.estimatedSize() + inactive.estimatedSize();
  }

  /** An entry lives as long as {@link #timeToRemember} says, whether it is used or not. */
  private final class UntilTheTokenEnds implements Expiry<TokenKey, Remembered> {

    @Override
    public long expireAfterCreate(TokenKey key, Remembered known, long now) {
      return timeToRemember(known.answer()).toNanos();
    }

    @Override
    public long expireAfterUpdate(TokenKey key, Remembered known, long now, long left) {
      return timeToRemember(known.answer()).toNanos();
    }

    @Override
    public long expireAfterRead(TokenKey key, Remembered known, long now, long left) {
      return left;
    }
  }
}
