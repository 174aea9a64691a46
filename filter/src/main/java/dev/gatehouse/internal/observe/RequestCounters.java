package dev.gatehouse.internal.observe;

import dev.gatehouse.internal.token.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What has become of the requests that were judged. Every request comes by here: no lock. */
public final class RequestCounters {

  private final LongAdder admitted = new LongAdder();
  private final Map<Reason, LongAdder> refused = new EnumMap<>(Reason.class);

  public RequestCounters() {
    for (Reason reason : Reason.values()) {
      refused.put(reason, new LongAdder()); // now, so that the map never changes again
    }
  }

  public void admit() {
    admitted.increment();
  }

  public void refuse(Reason reason) {
    of(reason).increment();
  }

  public long admitted() {
    return admitted.sum();
  }

  public long refused(Reason reason) {
    return of(reason).sum();
  }

  private LongAdder of(Reason reason) {
    return Objects.requireNonNull(refused.get(reason));
  }
}
