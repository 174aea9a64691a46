package dev.gatehouse.authorizationserver.internal.keys;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.SigningSettings;
import dev.gatehouse.authorizationserver.store.SigningKey;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a store that nodes share. Each node reads them every minute. A new key is published
 * {@link #LEAD} before it signs, so that by then every node knows it, and every resource server
 * whose copy of the key set is not older than {@link SigningSettings#KEY_SET_MAX_AGE}. The first
 * key of a server signs at once, because nobody has an older set.
 */
final class RotatingKeys implements SigningKeys {
  private static final Logger LOG = LoggerFactory.getLogger(RotatingKeys.class);

  /** From the publication of a key to its first signature. */
  static final Duration LEAD = Duration.ofMinutes(10);

  private static final Duration RELOAD = Duration.ofMinutes(1);

  /** Another node's new key cannot sign within this time after the keys were read. */
  private static final Duration MAX_AGE = LEAD.dividedBy(2);

  /** How long what a key has signed can be valid, by the clock of any node. */
  static final Duration RETENTION = Lifetimes.MAX_ACCESS_TOKEN.plus(Lifetimes.CLOCK_SKEW);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);

  private final SigningKeyStore store;
  private final SigningSettings settings;
  private final InstantSource clock;
  private final ReentrantLock loading = new ReentrantLock();
  private volatile @Nullable KeyTimeline known;
  private volatile Instant noReloadBefore = Instant.MIN;

  RotatingKeys(SigningSettings settings, InstantSource clock) {
    this.store = settings.store();
    this.settings = settings;
    this.clock = clock;
  }

  @Override
  public String sign(String type, JWTClaimsSet claims) {
    return timeline(MAX_AGE).signerAt(clock.instant()).sign(type, claims);
  }

  /** While the store is unavailable, the last known keys are right, or lack a very new one. */
  @Override
  public List<JWK> published() {
    return timeline(Duration.ofDays(1)).published();
  }

  /**
   * Returns the keys, if possible not older than a minute. One thread reads them; meanwhile, others
   * use those that are not too old.
   */
  private KeyTimeline timeline(Duration maxAge) {
    KeyTimeline last = known;
    Instant now = clock.instant();
    if (last != null && last.isYoungerThan(RELOAD, now)) {
      return last;
    }
    if (last == null || !last.isYoungerThan(maxAge, now)) {
      return load();
    }
    if (!now.isBefore(noReloadBefore) && loading.tryLock()) {
      try {
        return load();
      } catch (StoreUnavailableException e) {
        noReloadBefore = now.plus(PAUSE_AFTER_FAILURE);
        LOG.warn("the signing keys could not be read; the last known ones are in use", e);
      } finally {
        loading.unlock();
      }
    }
    return last;
  }

  private KeyTimeline load() {
    loading.lock();
    try {
      KeyTimeline last = known;
      Instant now = clock.instant();
      if (last != null && last.isYoungerThan(RELOAD, now)) {
        return last; // another thread has just read them
      }
      return read(now);
    } finally {
      loading.unlock();
    }
  }

  /** Reads the keys, and adds the next one if it is time. */
  private KeyTimeline read(Instant now) {
    boolean atStart = known == null;
    KeyTimeline read = new KeyTimeline(store.load(), now);
    if (read.isEmpty()) {
      read = add(1, now, now);
    } else if (read.isDue(now.plus(LEAD), settings.keyLifetime())
        || (atStart && !read.newest().algorithm().getName().equals(settings.algorithm().name()))) {
      read = addNext(read, now);
    }
    known = read;
    return read;
  }

  private KeyTimeline addNext(KeyTimeline read, Instant now) {
    return read.isChanging(now) ? read : add(read.newest().number() + 1, now, now.plus(LEAD));
  }

  private KeyTimeline add(long number, Instant now, Instant signsFrom) {
    SigningKey key = NewKeys.create(settings.algorithm(), number, now, signsFrom);
    if (store.add(key)) {
      LOG.info("new {}", key);
    }
    // If another node was faster, its key has this number.
    return new KeyTimeline(store.load(), now);
  }

  @Override
  public void rotate() {
    loading.lock();
    try {
      Instant now = clock.instant();
      known = addNext(read(now), now);
    } finally {
      loading.unlock();
    }
  }

  @Override
  public void maintain() {
    loading.lock();
    try {
      Instant now = clock.instant();
      for (SigningKey key : read(now).expired(now.minus(RETENTION))) {
        store.delete(key.number());
        LOG.info("deleted {}", key);
      }
      known = new KeyTimeline(store.load(), now);
    } finally {
      loading.unlock();
    }
  }
}
