package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.introspection.IntrospectionMonitor.Outcome;
import dev.gatehouse.internal.observe.Latency;
import dev.gatehouse.internal.token.VerificationResult;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** How long verifications took that were no introspections, by outcome. Thread-safe. */
public final class OutcomeLatencies {

  private final Map<Outcome, Latency> latencies = new EnumMap<>(Outcome.class);

  OutcomeLatencies() {
    for (Outcome outcome : Outcome.values()) {
      latencies.put(outcome, new Latency());
    }
  }

  /** Records a verification that began at this time, on {@link System#nanoTime()}'s scale. */
  void record(VerificationResult result, long start) {
    of(Outcome.of(result)).record(System.nanoTime() - start);
  }

  public Latency of(Outcome outcome) {
    return Objects.requireNonNull(latencies.get(outcome));
  }
}
