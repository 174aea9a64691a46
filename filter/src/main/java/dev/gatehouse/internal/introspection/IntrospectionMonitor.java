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
 * Measures callers' introspection requests to one authorization server and passes them to
 * observers. Probes are not measured. This class is thread-safe.
 */
public final class IntrospectionMonitor {

  /** The outcome of a request, for meters. */
  public enum Outcome {
    ACTIVE,
    INACTIVE,
    UNAVAILABLE;

    public static Outcome of(VerificationResult result) {
      if (result instanceof VerificationResult.Active) {
        return ACTIVE;
      }
      return result instanceof VerificationResult.Inactive ? INACTIVE : UNAVAILABLE;
    }

    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Is called around each introspection request. */
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

  /** Sends a request through all observers, and records how long it took. */
  VerificationResult measure(Supplier<VerificationResult> request) {
    Supplier<VerificationResult> observed = request;
    for (Observer observer : observers) {
      Supplier<VerificationResult> inner = observed;
      observed = () -> observer.observe(server, inner);
    }
    long start = System.nanoTime();
    VerificationResult result = observed.get();
    latency(Outcome.of(result)).record(System.nanoTime() - start);
    return result;
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
