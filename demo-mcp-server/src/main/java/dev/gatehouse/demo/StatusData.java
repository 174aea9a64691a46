package dev.gatehouse.demo;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.Search;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/**
 * What the status page draws, as it stands now. Counts are totals since the start: from two of them
 * the page makes a rate.
 *
 * @param started when the process began, in milliseconds of the Unix epoch: another value, and all
 *     counts have begun again
 * @param uptimeSeconds how long ago that is by the process's own clock
 */
record StatusData(
    long started,
    double uptimeSeconds,
    Requests requests,
    Cache cache,
    Introspections introspections,
    Map<String, String> breakers) {

  /** Requests to the MCP endpoint, and for what reasons they were turned away. */
  record Requests(long admitted, long refused, Map<String, Long> refusedBecause) {}

  /**
   * Look-ups of the cache.
   *
   * @param size how many answers it holds
   */
  record Cache(long hits, long misses, long size) {}

  /**
   * Calls to the authorization server.
   *
   * @param millis how long all of them took together
   * @param maxMillis the longest within a minute, more or less
   */
  record Introspections(long count, double millis, double maxMillis, Map<String, Long> outcomes) {}

  /** Reads the meters; what has not been counted yet is zero. */
  static StatusData of(MeterRegistry registry) {
    return new StatusData(
        Math.round(1000 * sum(registry.find("process.start.time").meters(), Statistic.VALUE)),
        sum(registry.find("process.uptime").meters(), Statistic.VALUE),
        requests(registry),
        cache(registry),
        introspections(registry.find("gatehouse.introspections").timers()),
        breakers(registry.find("gatehouse.breaker.state").gauges()));
  }

  private static Requests requests(MeterRegistry registry) {
    Search requests = registry.find("gatehouse.requests");
    Map<String, Long> outcomes = by("outcome", requests.meters());
    return new Requests(
        outcomes.getOrDefault("admitted", 0L),
        outcomes.getOrDefault("refused", 0L),
        by("reason", requests.tag("outcome", "refused").meters()));
  }

  private static Cache cache(MeterRegistry registry) {
    Map<String, Long> lookUps = by("result", registry.find("gatehouse.cache.gets").meters());
    return new Cache(
        lookUps.getOrDefault("hit", 0L),
        lookUps.getOrDefault("miss", 0L),
        Math.round(sum(registry.find("gatehouse.cache.size").meters(), Statistic.VALUE)));
  }

  private static Introspections introspections(Collection<Timer> timers) {
    return new Introspections(
        timers.stream().mapToLong(Timer::count).sum(),
        timers.stream().mapToDouble(timer -> timer.totalTime(TimeUnit.MILLISECONDS)).sum(),
        timers.stream().mapToDouble(timer -> timer.max(TimeUnit.MILLISECONDS)).max().orElse(0),
        by("outcome", timers));
  }

  private static Map<String, String> breakers(Collection<Gauge> gauges) {
    Map<String, String> states = new TreeMap<>();
    gauges.forEach(gauge -> states.put(tag(gauge, "endpoint"), state(gauge.value())));
    return states;
  }

  private static String state(double value) {
    return switch ((int) value) {
      case 0 -> "closed";
      case 1 -> "half open";
      case 2 -> "open";
      default -> "unknown";
    };
  }

  /** Their counts, added up for each value of the tag. */
  private static Map<String, Long> by(String tag, Collection<? extends Meter> meters) {
    return meters.stream()
        .collect(
            groupingBy(
                meter -> tag(meter, tag),
                TreeMap::new,
                summingLong(meter -> Math.round(sum(List.of(meter), Statistic.COUNT)))));
  }

  /** The registry's unit of time is the second. */
  private static double sum(Collection<? extends Meter> meters, Statistic statistic) {
    return meters.stream()
        .flatMap(meter -> StreamSupport.stream(meter.measure().spliterator(), false))
        .filter(measurement -> measurement.getStatistic() == statistic)
        .mapToDouble(Measurement::getValue)
        .sum();
  }

  private static String tag(Meter meter, String key) {
    String value = meter.getId().getTag(key);
    return value == null ? "unknown" : value;
  }
}
