package dev.gatehouse.internal.introspection;

import dev.gatehouse.internal.observe.Latency;
import dev.gatehouse.internal.token.VerificationResult;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Measures the introspection requests that callers cause at one authorization server, and lets
 * observers see them. Probes are not measured. This class is thread-safe.
 */
public final class IntrospectionMonitor {

  /** The outcome of a request as meters name it. */
  public enum Outcome {
    ACTIVE,
    INACTIVE,
    UNAVAILABLE;

    public static Outcome of(VerificationResult verdict) {
      if (verdict instanceof VerificationResult.Active) {
        return ACTIVE;
      }
      return verdict instanceof VerificationResult.Inactive ? INACTIVE : UNAVAILABLE;
    }

    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Observes each introspection request from its beginning to its end. */
  @FunctionalInterface
  public interface Observer {

    /** Calls {@code request} once, on this thread, and returns its result unchanged. */
    VerificationResult observe(String server, Supplier<VerificationResult> request);
  }

  private final String server;
  private final Map<Outcome, Latency> latencies = new EnumMap<>(Outcome.class);
  private final List<Observer> observers = new CopyOnWriteArrayList<>();

  IntrospectionMonitor(String server) {
    this.server = server;
    for (Outcome outcome : Outcome.values()) {
      latencies.put(outcome, new Latency());
    }
  }

  /** Sends a request while observers look on, and records how long it took. */
  VerificationResult measure(Supplier<VerificationResult> request) {
    Supplier<VerificationResult> observed = request;
    for (Observer observer : observers) {
      Supplier<VerificationResult> inner = observed;
      observed = () -> observer.observe(server, inner);
    }
    long start = System.nanoTime();
    VerificationResult verdict = observed.get();
    latency(Outcome.of(verdict)).record(System.nanoTime() - start);
    return verdict;
  }

  public Latency latency(Outcome outcome) {
    return Objects.requireNonNull(latencies.get(outcome));
  }

  public void addObserver(Observer observer) {
    observers.add(observer);
  }

  public void removeObserver(Observer observer) {
    observers.remove(observer);
  }
}
