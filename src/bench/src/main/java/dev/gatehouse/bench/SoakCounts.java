package dev.gatehouse.bench;

import dev.gatehouse.bench.SoakToken.Assessment;
import dev.gatehouse.bench.SoakToken.Kind;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** The number of responses by kind of request and assessment. Thread-safe. */
final class SoakCounts {

  private final Map<Kind, Map<Assessment, LongAdder>> counts = new EnumMap<>(Kind.class);

  SoakCounts() {
    for (Kind kind : Kind.values()) {
      Map<Assessment, LongAdder> ofKind = new EnumMap<>(Assessment.class);
      Arrays.stream(Assessment.values())
          .forEach(assessment -> ofKind.put(assessment, new LongAdder()));
      counts.put(kind, ofKind);
    }
  }

  void add(Kind kind, Assessment assessment, int status) {
    counter(kind, assessment).increment();
    if (assessment != Assessment.CORRECT && assessment != Assessment.UNAVAILABLE) {
      System.err.printf(
          "%n%tT %s got status %d%n", System.currentTimeMillis(), kind.title(), status);
    }
  }

  private LongAdder counter(Kind kind, Assessment assessment) {
    return Objects.requireNonNull(Objects.requireNonNull(counts.get(kind)).get(assessment));
  }

  private long of(Kind kind, Assessment assessment) {
    return counter(kind, assessment).sum();
  }

  private long of(Kind kind) {
    return Arrays.stream(Assessment.values()).mapToLong(assessment -> of(kind, assessment)).sum();
  }

  long all() {
    return Arrays.stream(Kind.values()).mapToLong(this::of).sum();
  }

  private long of(Assessment assessment) {
    return Arrays.stream(Kind.values()).mapToLong(kind -> of(kind, assessment)).sum();
  }

  /** Whether each kind of request was sent and no response was wrong. */
  boolean passed() {
    return Arrays.stream(Kind.values()).allMatch(kind -> of(kind, Assessment.CORRECT) > 0)
        && of(Assessment.WRONGLY_ADMITTED)
                + of(Assessment.WRONGLY_REFUSED)
                + of(Assessment.WRONG_STATUS)
            == 0;
  }

  /** A table in Markdown with a row for each kind. */
  String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
            "| request with | requests | 503 | admitted wrongly | 401 wrongly | other wrong responses |\n")
        .append("| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (Kind kind : Kind.values()) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %,d | %,d | %d | %d | %d |%n",
              kind.title(),
              of(kind),
              of(kind, Assessment.UNAVAILABLE),
              of(kind, Assessment.WRONGLY_ADMITTED),
              of(kind, Assessment.WRONGLY_REFUSED),
              of(kind, Assessment.WRONG_STATUS)));
    }
    return text.toString();
  }
}
