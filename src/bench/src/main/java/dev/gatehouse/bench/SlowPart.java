package dev.gatehouse.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * The demo as users start it, while connections send bodies slowly. Two demos with the same honest
 * load run at once; in each round, the attack is on the other one.
 */
final class SlowPart {

  private static final String HEAD =
      """
      | 500 connections that send slowly | not attacked: p50 / p99, ms; CPU \
      | attacked: p50 / p99, ms; CPU | errors | opened again/s | p99 against the other, same round | goal | reached |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
      """;

  private final Plan plan;
  private final Pattern include;

  /**
   * Creates the part.
   *
   * @param include finds the names of the attacks to measure
   */
  SlowPart(Plan plan, String include) {
    this.plan = plan;
    this.include = Pattern.compile(include);
  }

  /** The measurements of a round. */
  private record Round(LoadedDemo.Turn idle, LoadedDemo.Turn attacked, double openedAgain) {
    double ratio() {
      return attacked.load().p99Micros() / idle.load().p99Micros();
    }

    long errors() {
      return idle.load().errors() + attacked.load().errors();
    }
  }

  /** Measures the attacks and returns a table in Markdown. */
  String run() throws IOException {
    StringBuilder table = new StringBuilder(HEAD);
    try (LoadedDemo one = LoadedDemo.start();
        LoadedDemo other = LoadedDemo.start()) {
      // Compiles what the honest load uses.
      both(one, other, plan.warmUp(), LoadedDemo.WARM_UP_PACE, SlowAttack.NONE);
      for (SlowAttack attack : SlowAttack.ALL) {
        if (include.matcher(attack.name()).find()) {
          table.append(row(attack, rounds(one, other, attack)));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return table.toString();
  }

  private List<Round> rounds(LoadedDemo one, LoadedDemo other, SlowAttack attack)
      throws IOException, InterruptedException {
    List<Round> rounds = new ArrayList<>();
    for (int i = 0; i < plan.rounds(); i++) {
      LoadedDemo target = i % 2 == 0 ? one : other;
      LoadedDemo idle = i % 2 == 0 ? other : one;
      rounds.add(both(idle, target, plan.window(), LoadedDemo.PACE, attack));
      Progress.dot();
    }
    return rounds;
  }

  private static Round both(
      LoadedDemo idle, LoadedDemo target, Duration time, Duration pace, SlowAttack attack)
      throws IOException, InterruptedException {
    try (SlowConnections slow =
        SlowConnections.open(target.port(), attack.connections(), attack.head(target.token()))) {
      long before = slow.reopened();
      LoadedDemo.Measurement ofIdle = idle.measure(time, pace);
      LoadedDemo.Measurement ofTarget = target.measure(time, pace);
      LoadedDemo.Turn attacked = ofTarget.await();
      return new Round(
          ofIdle.await(), attacked, (slow.reopened() - before) / attacked.load().seconds());
    }
  }

  private static String row(SlowAttack attack, List<Round> rounds) {
    Spread ratio = spread(rounds, Round::ratio);
    Goal goal = attack.connections() == 0 ? Goal.NONE : Goal.atMost(2, "");
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %d | %s | %s | %s | %s |%n",
        attack.name(),
        text(rounds, Round::idle),
        text(rounds, Round::attacked),
        rounds.stream().mapToLong(Round::errors).sum(),
        spread(rounds, Round::openedAgain).medianText("%.0f"),
        ratio.text("%.2f"),
        goal.text(),
        goal.result(ratio.median()));
  }

  private static String text(List<Round> rounds, Function<Round, LoadedDemo.Turn> turn) {
    return spread(rounds, round -> turn.apply(round).load().p50Micros() / 1e3).medianText("%.2f / ")
        + spread(rounds, round -> turn.apply(round).load().p99Micros() / 1e3).medianText("%.2f; ")
        + spread(rounds, round -> turn.apply(round).cpuPercent()).medianText("%.0f%%");
  }

  private static Spread spread(List<Round> rounds, ToDoubleFunction<Round> figure) {
    return Spread.of(rounds.stream().mapToDouble(figure).toArray());
  }
}
