package dev.gatehouse;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells what the authorization server says of a token, and caps how many requests may wait for it:
 * a server that hangs must not take all of the container's threads with it.
 */
final class TokenVerifier {

  /** Long enough to sit out a burst, short enough not to pile up behind a server that hangs. */
  private static final Duration MAX_WAIT = Duration.ofSeconds(1);

  private final ServerChoice choice;
  private final Semaphore places;
  private final int mostWaiting;
  private final Duration maxWait;

  TokenVerifier(ServerChoice choice, int maxConcurrentIntrospections) {
    this(choice, maxConcurrentIntrospections, MAX_WAIT);
  }

  /** With another time to wait for a place. */
  TokenVerifier(ServerChoice choice, int maxConcurrentIntrospections, Duration maxWait) {
    this.choice = choice;
    this.maxWait = maxWait;
    this.places = new Semaphore(maxConcurrentIntrospections);
    this.mostWaiting = maxConcurrentIntrospections;
  }

  /** Asks whoever is to be asked, on the calling thread. */
  Verdict verify(BearerToken token) {
    List<Introspector> servers = choice.forToken(token);
    if (servers.isEmpty()) {
      return new Verdict.Inactive(Reason.ISSUER, "no trusted authorization server issues such");
    }
    if (!entered()) {
      return Verdict.Unavailable.because(
          Reason.BUSY, "as many introspections as max-concurrent-introspections allows");
    }
    try {
      return firstToKnow(servers, token);
    } finally {
      places.release();
    }
  }

  /** One that does not know the token says little; one that can't be asked leaves it open. */
  private static Verdict firstToKnow(List<Introspector> servers, BearerToken token) {
    Verdict best = servers.get(0).introspect(token);
    for (Introspector next : servers.subList(1, servers.size())) {
      if (best instanceof Verdict.Active) {
        return best;
      }
      Verdict verdict = next.introspect(token);
      if (verdict instanceof Verdict.Active || best instanceof Verdict.Inactive) {
        best = verdict;
      }
    }
    return best;
  }

  private boolean entered() {
    // Waiting holds a thread of the container's, too: as many may wait as may ask, and no more.
    if (places.getQueueLength() >= mostWaiting) {
      return places.tryAcquire();
    }
    try {
      return places.tryAcquire(maxWait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
