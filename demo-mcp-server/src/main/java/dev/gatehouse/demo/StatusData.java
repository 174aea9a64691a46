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
 * The current values for the status page. Counts are totals since the start; the page computes
 * rates from two of them.
 *
 * @param started the start of the process in milliseconds of the Unix epoch; if it differs from an
 *     earlier value, all counts have started again at zero
 * @param uptimeSeconds the time since then, measured by the process's own clock
 */
record StatusData(
    long started,
    double uptimeSeconds,
    Requests requests,
    Cache cache,
    Introspections introspections,
    Map<String, String> breakers) {

  /** Requests to the MCP endpoint, with the refusals counted by reason. */
  record Requests(long admitted, long refused, Map<String, Long> refusedBecause) {}

  /**
   * Cache lookups.
   *
   * @param size the number of cached results
   */
  record Cache(long hits, long misses, long size) {}

  /**
   * Introspection requests.
   *
   * @param millis the total duration of all requests
   * @param maxMillis the longest duration within about the last minute
   */
  record Introspections(long count, double millis, double maxMillis, Map<String, Long> outcomes) {}

  /** Reads the meters; a missing meter counts as zero. */
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
    Map<String, Long> lookups = by("result", registry.find("gatehouse.cache.gets").meters());
    return new Cache(
        lookups.getOrDefault("hit", 0L),
        lookups.getOrDefault("miss", 0L),
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

  /** The sum of the counts for each value of the tag. */
  private static Map<String, Long> by(String tag, Collection<? extends Meter> meters) {
    return meters.stream()
        .collect(
            groupingBy(
                meter -> tag(meter, tag),
                TreeMap::new,
                summingLong(meter -> Math.round(sum(List.of(meter), Statistic.COUNT)))));
  }

  /** The sum of a statistic; times are in seconds, the unit of the registry. */
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
