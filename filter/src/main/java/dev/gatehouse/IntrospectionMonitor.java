package dev.gatehouse;

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
final class IntrospectionMonitor {

  /** The outcome of a request as meters name it. */
  enum Outcome {
    ACTIVE,
    INACTIVE,
    UNAVAILABLE;

    static Outcome of(Verdict verdict) {
      if (verdict instanceof Verdict.Active) {
        return ACTIVE;
      }
      return verdict instanceof Verdict.Inactive ? INACTIVE : UNAVAILABLE;
    }

    String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Observes each introspection request from its beginning to its end. */
  @FunctionalInterface
  interface Observer {

    /** Calls {@code request} once, on this thread, and returns its result unchanged. */
    Verdict observe(String server, Supplier<Verdict> request);
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
  Verdict measure(Supplier<Verdict> request) {
    Supplier<Verdict> observed = request;
    for (Observer observer : observers) {
      Supplier<Verdict> inner = observed;
      observed = () -> observer.observe(server, inner);
    }
    long start = System.nanoTime();
    Verdict verdict = observed.get();
    latency(Outcome.of(verdict)).record(System.nanoTime() - start);
    return verdict;
  }

  Latency latency(Outcome outcome) {
    return Objects.requireNonNull(latencies.get(outcome));
  }

  void addObserver(Observer observer) {
    observers.add(observer);
  }

  void removeObserver(Observer observer) {
    observers.remove(observer);
  }
}
