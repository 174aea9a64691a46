package dev.gatehouse.authorizationserver.internal.token;

import dev.gatehouse.authorizationserver.internal.keys.SigningKeys;
import dev.gatehouse.authorizationserver.internal.settings.Lifetimes;
import dev.gatehouse.authorizationserver.internal.settings.Stores;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes expired data and rotates the signing keys, every minute. Several nodes may do so
 * concurrently.
 */
public final class Sweeper {
  private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private final Stores stores;
  private final RateLimitFactory rateLimits;
  private final SigningKeys keys;
  private final Duration registeredClientLifetime;
  private final InstantSource clock;
  private @Nullable ScheduledExecutorService thread;

  public Sweeper(
      Stores stores,
      RateLimitFactory rateLimits,
      SigningKeys keys,
      Duration registeredClientLifetime,
      InstantSource clock) {
    this.stores = stores;
    this.rateLimits = rateLimits;
    this.keys = keys;
    this.registeredClientLifetime = registeredClientLifetime;
    this.clock = clock;
  }

  synchronized void start() {
    if (thread == null) {
      ScheduledExecutorService started =
          Executors.newSingleThreadScheduledExecutor(
              task -> {
                Thread daemon = new Thread(task, "gatehouse-sweeper");
                daemon.setDaemon(true);
                return daemon;
              });
      var unused =
          started.scheduleWithFixedDelay(
              this::run, PAUSE.toSeconds(), PAUSE.toSeconds(), TimeUnit.SECONDS);
      thread = started;
    }
  }

  synchronized void stop() {
    if (thread != null) {
      thread.shutdownNow();
      thread = null;
    }
  }

  private void run() {
    sweep();
    rotateKeys();
  }

  /** Also without requests, so that a key is published long enough before it signs. */
  void rotateKeys() {
    try {
      keys.maintain();
    } catch (StoreUnavailableException e) {
      LOG.warn("the signing keys could not be read; the next run tries again", e);
    } catch (IllegalStateException e) {
      // An operator must act, and an exception would cancel the schedule.
      LOG.error("the signing keys can't be used", e);
    }
  }

  void sweep() {
    Instant now = clock.instant();
    try {
      int tokens = stores.tokens().sweep(now);
      stores.sessions().sweep(now);
      int clients =
          stores.selfRegisteredClients().map(registry -> clients(registry, now)).orElse(0);
      rateLimits.sweep(now);
      LOG.debug("deleted {} expired tokens and {} unused clients", tokens, clients);
    } catch (StoreUnavailableException e) {
      // Retried at the next run: an exception would cancel the schedule.
      LOG.warn("expired data could not be deleted; the next run tries again", e);
    }
  }

  private int clients(MutableClientRegistry registry, Instant now) {
    return registry.sweep(now.minus(Lifetimes.UNUSED_CLIENT), now.minus(registeredClientLifetime));
  }
}
