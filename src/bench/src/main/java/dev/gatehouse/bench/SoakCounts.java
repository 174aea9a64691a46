package dev.gatehouse.bench;

import dev.gatehouse.bench.SoakToken.Kind;
import dev.gatehouse.bench.SoakToken.Verdict;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How often what came of which kind of request. */
final class SoakCounts {

  private final Map<Kind, Map<Verdict, LongAdder>> counts = new EnumMap<>(Kind.class);

  SoakCounts() {
    for (Kind kind : Kind.values()) {
      Map<Verdict, LongAdder> ofKind = new EnumMap<>(Verdict.class);
      Arrays.stream(Verdict.values()).forEach(verdict -> ofKind.put(verdict, new LongAdder()));
      counts.put(kind, ofKind);
    }
  }

  void add(Kind kind, Verdict verdict, int status) {
    counter(kind, verdict).increment();
    if (verdict != Verdict.RIGHT && verdict != Verdict.UNAVAILABLE) {
      System.err.printf(
          "%n%tT %s was answered %d%n", System.currentTimeMillis(), kind.title(), status);
    }
  }

  private LongAdder counter(Kind kind, Verdict verdict) {
    return Objects.requireNonNull(Objects.requireNonNull(counts.get(kind)).get(verdict));
  }

  private long of(Kind kind, Verdict verdict) {
    return counter(kind, verdict).sum();
  }

  private long of(Kind kind) {
    return Arrays.stream(Verdict.values()).mapToLong(verdict -> of(kind, verdict)).sum();
  }

  long all() {
    return Arrays.stream(Kind.values()).mapToLong(this::of).sum();
  }

  private long of(Verdict verdict) {
    return Arrays.stream(Kind.values()).mapToLong(kind -> of(kind, verdict)).sum();
  }

  /** Whether each kind has come, and none was answered wrongly. */
  boolean areGood() {
    return Arrays.stream(Kind.values()).allMatch(kind -> of(kind, Verdict.RIGHT) > 0)
        && of(Verdict.LET_IN) + of(Verdict.TURNED_AWAY) + of(Verdict.OTHERWISE_WRONG) == 0;
  }

  /** The table's lines, one for each kind. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
            "| request with | requests | 503 | let in wrongly | 401 wrongly | other answers |\n")
        .append("| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (Kind kind : Kind.values()) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %,d | %d | %d | %d |%n",
              kind.title(),
              of(kind),
              of(kind, Verdict.UNAVAILABLE),
              of(kind, Verdict.LET_IN),
              of(kind, Verdict.TURNED_AWAY),
              of(kind, Verdict.OTHERWISE_WRONG)));
    }
    return text.toString();
  }
}
