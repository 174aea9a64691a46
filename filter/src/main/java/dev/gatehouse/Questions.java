package dev.gatehouse;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The questions about callers' tokens that one authorization server is asked: how long it took, and
 * for whom else to see. Safe for use by many threads.
 */
final class Questions {

  /** As meters name what a question has yielded. */
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

  /** Sees each question from its beginning to its end. */
  @FunctionalInterface
  interface Watch {

    /** Puts the question, on this thread, and returns its verdict as it is. */
    Verdict around(String server, Supplier<Verdict> question);
  }

  private final String server;
  private final Map<Outcome, Latency> latencies = new EnumMap<>(Outcome.class);
  private final List<Watch> watches = new CopyOnWriteArrayList<>();

  Questions(String server) {
    this.server = server;
    for (Outcome outcome : Outcome.values()) {
      latencies.put(outcome, new Latency());
    }
  }

  Verdict ask(Supplier<Verdict> question) {
    Supplier<Verdict> watched = question;
    for (Watch watch : watches) {
      Supplier<Verdict> inner = watched;
      watched = () -> watch.around(server, inner);
    }
    long start = System.nanoTime();
    Verdict verdict = watched.get();
    latency(Outcome.of(verdict)).record(System.nanoTime() - start);
    return verdict;
  }

  Latency latency(Outcome outcome) {
    return Objects.requireNonNull(latencies.get(outcome));
  }

  void addWatch(Watch watch) {
    watches.add(watch);
  }

  void removeWatch(Watch watch) {
    watches.remove(watch);
  }
}
