package dev.gatehouse.internal.stream;

import dev.gatehouse.internal.servlet.ResponseLifetime;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import org.jspecify.annotations.Nullable;

/**
 * One admitted request, which may open an event stream. It holds the token, as the container's
 * request does, because introspection needs it. This class is thread-safe.
 */
final class OpenStream implements ResponseLifetime.Watcher {

  private final OpenStreams streams;
  final BearerToken token;

  /** How many evictions there had been when the verification of the token began. */
  final long evictionsBefore;

  final ResponseLifetime response = new ResponseLifetime(this);

  /** Keeps the session in use; null if there is none. */
  final @Nullable Runnable sessionUse;

  /** The result with which the token was admitted last. */
  volatile VerificationResult.Active result;

  /** On the monotonic clock; used by the timer's thread, and by the recheck that it starts. */
  volatile long nextRecheck;

  /** On the monotonic clock; used by the timer's thread only. */
  long nextSessionUse;

  OpenStream(
      OpenStreams streams,
      BearerToken token,
      VerificationResult.Active result,
      long evictionsBefore,
      @Nullable Runnable sessionUse) {
    this.streams = streams;
    this.token = token;
    this.result = result;
    this.evictionsBefore = evictionsBefore;
    this.sessionUse = sessionUse;
  }

  boolean hasExpired(long now) {
    return now >= result.claims().endsAt() * 1000; // as TokenRules
  }

  @Override
  public void opened(ResponseLifetime opened) {
    streams.add(this);
  }

  @Override
  public void finished(ResponseLifetime finished) {
    streams.remove(this);
  }

  /** Never shows the token. */
  @Override
  public String toString() {
    return "OpenStream[" + token + "]";
  }
}
