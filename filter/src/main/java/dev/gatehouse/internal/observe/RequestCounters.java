package dev.gatehouse.internal.observe;

import dev.gatehouse.internal.token.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts admitted and refused requests. This class is thread-safe, and lock-free because every
 * request uses it.
 */
public final class RequestCounters {

  private final LongAdder admitted = new LongAdder();
  private final Map<Reason, LongAdder> refused = new EnumMap<>(Reason.class);

  public RequestCounters() {
    for (Reason reason : Reason.values()) {
      refused.put(reason, new LongAdder()); // all of them, so that the map needs no lock later
    }
  }

  public void recordAdmitted() {
    admitted.increment();
  }

  public void recordRefused(Reason reason) {
    counter(reason).increment();
  }

  public long admitted() {
    return admitted.sum();
  }

  public long refused(Reason reason) {
    return counter(reason).sum();
  }

  private LongAdder counter(Reason reason) {
    return Objects.requireNonNull(refused.get(reason));
  }
}
