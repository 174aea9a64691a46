package dev.gatehouse.internal.stream;

import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.verify.Eviction;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The latest evictions, for streams that open after an eviction although their request was verified
 * before. This class is thread-safe.
 */
final class RecentEvictions {

  private static final int KEPT = 256;

  private final @Nullable Eviction[] latest = new @Nullable Eviction[KEPT];
  private volatile long count;

  /** How many there were so far; without a lock, because every request asks. */
  long count() {
    return count;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // writes are synchronized
  synchronized void add(Eviction eviction) {
    latest[(int) (count % KEPT)] = eviction;
    count++;
  }

  /** Whether one of the evictions since then covers the token; true if that is not known. */
  boolean coverSince(long then, BearerToken token, VerificationResult.Active result) {
    @Nullable Eviction[] since;
    synchronized (this) {
      if (count == then) {
        return false;
      }
      if (count - then > KEPT) {
        return true;
      }
      since = new @Nullable Eviction[(int) (count - then)];
      for (int i = 0; i < since.length; i++) {
        since[i] = latest[(int) ((then + i) % KEPT)];
      }
    }
    return Arrays.stream(since)
        .anyMatch(eviction -> eviction == null || eviction.covers(token, result));
  }
}
