package dev.gatehouse;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells what the authorization server says of a token, and caps how many requests may wait for it:
 * a server that hangs must not take all of the container's threads with it.
 */
final class TokenVerifier {

  /** Long enough to sit out a burst, short enough not to pile up behind a server that hangs. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(1);

  private final Introspector introspector;
  private final Semaphore places;

  TokenVerifier(Introspector introspector, int maxConcurrentIntrospections) {
    this.introspector = introspector;
    this.places = new Semaphore(maxConcurrentIntrospections);
  }

  /** Asks the server, on the calling thread. */
  Verdict verify(BearerToken token) {
    if (!entered()) {
      return Verdict.Unavailable.because(
          Reason.BUSY, "as many introspections as max-concurrent-introspections allows");
    }
    try {
      return introspector.introspect(token);
    } finally {
      places.release();
    }
  }

  private boolean entered() {
    try {
      return places.tryAcquire(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
