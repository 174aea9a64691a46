package dev.gatehouse;

import dev.gatehouse.internal.introspection.IntrospectionMonitor;
import dev.gatehouse.internal.observe.Metric;
import dev.gatehouse.internal.token.VerificationResult;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows what a filter does as Micrometer meters and observations:
 *
 * <pre>
 * McpAuthFilter filter = McpAuthFilter.register(servletContext, "mcp", settings);
 * new GatehouseMetrics(filter).bindTo(meterRegistry);
 * </pre>
 *
 * <p>Whether the filter has started does not matter: meters are there from its start on, and are
 * removed when the container destroys it. The guide lists them. This is the one class here that
 * needs Micrometer, an optional dependency. Safe for use by many threads.
 */
public final class GatehouseMetrics implements MeterBinder {

  private static final Logger log = LoggerFactory.getLogger(GatehouseMetrics.class);

  private final McpAuthFilter filter;
  private final Tags tags;

  /**
   * For the only filter whose meters are in a registry.
   *
   * @param filter to be watched
   */
  public GatehouseMetrics(McpAuthFilter filter) {
    this(filter, Tags.empty());
  }

  /**
   * For one of several filters whose meters are in one registry, to be told apart by their tags.
   *
   * @param filter to be watched
   * @param tags for all of its meters: the same keys for each filter, and other values
   */
  public GatehouseMetrics(McpAuthFilter filter, Iterable<Tag> tags) {
    this.filter = Objects.requireNonNull(filter, "filter");
    this.tags = Tags.of(Objects.requireNonNull(tags, "tags"));
  }

  /**
   * Registers the meters. Counters begin with the filter's start, timers with this call.
   *
   * <p>If the registry has these meters already, with these tags, none are registered, and the log
   * says so at WARN.
   *
   * @param registry to register with
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    filter.attach(started -> register(registry, started.readings()));
  }

  /**
   * Observes each introspection request to an authorization server as {@code
   * gatehouse.introspection}, with the low-cardinality keys {@code server}, {@code outcome} and
   * {@code reason}: a span where tracing is configured behind the registry, OpenTelemetry's for
   * example.
   *
   * @param registry for the observations
   */
  public void observe(ObservationRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    IntrospectionMonitor.Observer observer =
        (server, request) -> observed(registry, server, request);
    filter.attach(
        started -> {
          started.servers().forEach(server -> server.monitor().addObserver(observer));
          return () ->
              started.servers().forEach(server -> server.monitor().removeObserver(observer));
        });
  }

  private VerificationResult observed(
      ObservationRegistry registry, String server, Supplier<VerificationResult> request) {
    Observation observation =
        Observation.createNotStarted("gatehouse.introspection", registry)
            .contextualName("introspect token")
            .lowCardinalityKeyValue("server", server)
            // Metrics made of observations need the same keys from the beginning to the end.
            .lowCardinalityKeyValue("outcome", "unknown")
            .lowCardinalityKeyValue("reason", "none");
    tags.forEach(tag -> observation.lowCardinalityKeyValue(tag.getKey(), tag.getValue()));
    return observation.observe(
        () -> {
          VerificationResult verdict = request.get();
          observation.lowCardinalityKeyValue(
              "outcome", IntrospectionMonitor.Outcome.of(verdict).code());
          observation.lowCardinalityKeyValue("reason", reason(verdict));
          return verdict;
        });
  }

  private static String reason(VerificationResult verdict) {
    if (verdict instanceof VerificationResult.Inactive inactive) {
      return inactive.reason().code();
    }
    return verdict instanceof VerificationResult.Unavailable unavailable
        ? unavailable.reason().code()
        : "none";
  }

  private Runnable register(MeterRegistry registry, List<Metric> readings) {
    if (isThere(registry, readings.get(0))) {
      log.warn(
          "the registry has meters of a filter with the tags {} already; give each filter's"
              + " GatehouseMetrics other tags",
          tags);
      return () -> {};
    }
    List<Runnable> undo = new ArrayList<>();
    for (Metric reading : readings) {
      undo.add(register(registry, reading));
    }
    return () -> undo.forEach(Runnable::run);
  }

  private boolean isThere(MeterRegistry registry, Metric reading) {
    return registry.find(reading.name()).tags(tagsOf(reading)).meter() != null;
  }

  private Tags tagsOf(Metric reading) {
    Tags all = tags;
    for (var tag : reading.tags().entrySet()) {
      all = all.and(tag.getKey(), tag.getValue());
    }
    return all;
  }

  private Runnable register(MeterRegistry registry, Metric reading) {
    if (reading instanceof Metric.Time time) {
      return register(registry, time);
    }
    Meter meter =
        reading instanceof Metric.Count count
            ? FunctionCounter.builder(count.name(), count, c -> c.value().getAsLong())
                .description(count.description())
                .tags(tagsOf(count))
                .register(registry)
            : gauge(registry, (Metric.Level) reading);
    return () -> registry.remove(meter);
  }

  private Meter gauge(MeterRegistry registry, Metric.Level level) {
    return Gauge.builder(level.name(), level, l -> l.value().getAsLong())
        .description(level.description())
        .tags(tagsOf(level))
        .register(registry);
  }

  private Runnable register(MeterRegistry registry, Metric.Time time) {
    Timer timer =
        Timer.builder(time.name())
            .description(time.description())
            .tags(tagsOf(time))
            .register(registry);
    LongConsumer recording = nanos -> timer.record(nanos, TimeUnit.NANOSECONDS);
    time.value().addListener(recording);
    return () -> {
      time.value().removeListener(recording);
      registry.remove(timer);
    };
  }
}
