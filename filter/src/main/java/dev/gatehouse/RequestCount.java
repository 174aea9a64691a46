package dev.gatehouse;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What has become of the requests that were judged. Every request comes by here: no lock. */
final class RequestCount {

  private final LongAdder admitted = new LongAdder();
  private final Map<Reason, LongAdder> refused = new EnumMap<>(Reason.class);

  RequestCount() {
    for (Reason reason : Reason.values()) {
      refused.put(reason, new LongAdder()); // now, so that the map never changes again
    }
  }

  void admit() {
    admitted.increment();
  }

  void refuse(Reason reason) {
    of(reason).increment();
  }

  long admitted() {
    return admitted.sum();
  }

  long refused(Reason reason) {
    return of(reason).sum();
  }

  private LongAdder of(Reason reason) {
    return Objects.requireNonNull(refused.get(reason));
  }
}
