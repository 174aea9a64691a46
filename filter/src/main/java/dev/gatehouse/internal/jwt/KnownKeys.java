package dev.gatehouse.internal.jwt;

import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known about the keys of an authorization server. Immutable and thread-safe.
 *
 * @param keys null before the first success
 * @param fetchedAt the start of the fetch that brought the keys
 * @param attemptAt the end of the latest attempt
 * @param failure why the latest attempt failed; null if it succeeded
 */
record KnownKeys(
    @Nullable KeySet keys, Instant fetchedAt, Instant attemptAt, @Nullable Unavailable failure) {

  private static final Logger log = LoggerFactory.getLogger(ServerKeys.class);

  /** After this time, keys are fetched again in the background while the old ones are used. */
  static final Duration FRESH = Duration.ofMinutes(5);

  /** After this time without use, callers wait for a fetch: the server may have dropped a key. */
  static final Duration IDLE = Duration.ofMinutes(15);

  /** For so long, keys are used although the server can't be reached. */
  static final Duration OUTAGE = Duration.ofHours(24);

  static final KnownKeys NONE = new KnownKeys(null, Instant.MIN, Instant.MIN, null);

  boolean areFreshAt(Instant now) {
    return now.isBefore(fetchedAt.plus(FRESH));
  }

  /** Whether the keys, which are not fresh, may be used before the next fetch has ended. */
  boolean mayBeUsedAt(Instant now) {
    boolean outage = failure != null && now.isBefore(attemptAt.plus(IDLE));
    return now.isBefore(fetchedAt.plus(outage ? OUTAGE : IDLE));
  }

  /** Whether the keys may be used if the server can't be reached. */
  boolean outlastOutageAt(Instant now) {
    return now.isBefore(fetchedAt.plus(OUTAGE));
  }

  /** What is known after another attempt. */
  KnownKeys after(Attempt<KeySet> attempt, Instant start, Instant end) {
    return attempt instanceof Attempt.Succeeded<KeySet> found
        ? new KnownKeys(found.value(), start, end, null)
        : new KnownKeys(keys, fetchedAt, end, ((Attempt.Failed<KeySet>) attempt).cause());
  }

  /** The same, as if the latest attempt were long ago. */
  KnownKeys forgettingAttempt() {
    return new KnownKeys(keys, fetchedAt, Instant.MIN, failure);
  }

  /** Logs a new failure, and keys that differ from these. */
  void logChange(String server, Attempt<KeySet> attempt) {
    if (attempt instanceof Attempt.Failed<KeySet> failed) {
      if (keys != null && failure == null) {
        log.warn(
            "keys of {}: fetch failed, using the old ones: {}",
            server,
            LogText.line(failed.cause().detail()));
      }
      return;
    }
    KeySet found = ((Attempt.Succeeded<KeySet>) attempt).value();
    KeySet old = keys;
    if (old == null || !old.ids().equals(found.ids()) || !old.ignored().equals(found.ignored())) {
      log.info(
          "keys of {}: using {}, ignoring {}",
          server,
          LogText.list(found.ids()),
          LogText.list(found.ignored()));
    }
  }
}
