package dev.gatehouse.internal.verify;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;

/**
 * Remembers which tokens were active until recently, after their results have expired: they are not
 * charged to a client address as bad ones. It holds no claims and admits nothing. This class is
 * thread-safe.
 */
final class RecentlyActive {

  /** How long a token counts as recently active, from its latest active result. */
  private static final Duration RECENTLY = Duration.ofMinutes(10);

  private final Cache<TokenKey, Long> untilNanos;
  private final boolean isOn;

  RecentlyActive(CacheSettings settings, Ticker ticker) {
    this.isOn = settings.remembersActive();
    this.untilNanos =
        Caffeine.newBuilder()
            .maximumSize(isOn ? settings.maxEntries() : 0)
            .expireAfterWrite(RECENTLY)
            .ticker(ticker)
            .executor(Runnable::run)
            .build();
  }

  /** Adds a token whose result was stored at this time, on the ticker's scale. */
  void add(TokenKey key, long storedAt, long now) {
    long until = storedAt + RECENTLY.toNanos();
    if (isOn && now - until < 0) {
      untilNanos.put(key, until);
    }
  }

  boolean contains(TokenKey key, long now) {
    Long until = untilNanos.getIfPresent(key);
    return until != null && now - until < 0;
  }

  void remove(TokenKey key) {
    untilNanos.invalidate(key);
  }

  void removeAll() {
    untilNanos.invalidateAll();
  }
}
