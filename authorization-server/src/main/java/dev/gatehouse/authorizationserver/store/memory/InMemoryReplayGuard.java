package dev.gatehouse.authorizationserver.store.memory;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.gatehouse.authorizationserver.store.ReplayGuard;
import dev.gatehouse.authorizationserver.store.TokenHash;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Records used values in this process until they expire. Thread-safe. */
public final class InMemoryReplayGuard implements ReplayGuard {
  private final Cache<TokenHash, Instant> used;

  /**
   * Starts empty.
   *
   * @param clock tells what has expired
   */
  public InMemoryReplayGuard(InstantSource clock) {
    // Not bounded in number: an evicted value could be used twice.
    this.used =
        Caffeine.newBuilder()
            .ticker(() -> Duration.between(Instant.EPOCH, clock.instant()).toNanos())
            .expireAfter(
                Expiry.<TokenHash, Instant>creating(
                    (what, until) -> Duration.between(clock.instant(), until)))
            .build();
  }

  @Override
  public boolean markUsed(TokenHash what, Instant until) {
    return used.asMap().putIfAbsent(what, until) == null;
  }

  long remembered() {
    used.cleanUp();
    return used.estimatedSize();
  }
}
