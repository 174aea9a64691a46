package dev.gatehouse;

import dev.gatehouse.internal.introspection.IntrospectionMonitor;
import dev.gatehouse.internal.introspection.Introspector;
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
 * Publishes the metrics of a filter as Micrometer meters, and its introspections as observations:
 *
 * <pre>
 * McpAuthFilter filter = McpAuthFilter.register(servletContext, "mcp", settings);
 * new GatehouseMetrics(filter).bindTo(meterRegistry);
 * </pre>
 *
 * <p>You can call its methods before or after the filter has started. The meters exist from the
 * filter's start until the container destroys it. The guide lists them. Only this class needs
 * Micrometer, an optional dependency. This class is thread-safe.
 */
public final class GatehouseMetrics implements MeterBinder {

  private static final Logger log = LoggerFactory.getLogger(GatehouseMetrics.class);

  private final McpAuthFilter filter;
  private final Tags tags;

  /**
   * Creates a binder without tags, for the only filter in a registry.
   *
   * @param filter the filter to monitor
   */
  public GatehouseMetrics(McpAuthFilter filter) {
    this(filter, Tags.empty());
  }

  /**
   * Creates a binder with tags, for one of several filters in the same registry.
   *
   * @param filter the filter to monitor
   * @param tags added to all its meters and observations; use the same keys with different values
   *     for each filter
   */
  public GatehouseMetrics(McpAuthFilter filter, Iterable<Tag> tags) {
    this.filter = Objects.requireNonNull(filter, "filter");
    this.tags = Tags.of(Objects.requireNonNull(tags, "tags"));
  }

  /**
   * Registers the meters. Counters count from the filter's start, timers from this call.
   *
   * <p>If the registry already has meters of a filter with the same tags, this method registers
   * none and logs a warning.
   *
   * @param registry the registry to add the meters to
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    filter.addListener(started -> register(registry, started.metrics()));
  }

  /**
   * Creates an observation {@code gatehouse.introspection} for each introspection of a caller's
   * token, with the low-cardinality keys {@code server}, {@code outcome} and {@code reason}. If
   * tracing is configured for the registry, for example with OpenTelemetry, it becomes a span.
   *
   * @param registry the registry to create the observations in
   */
  public void observe(ObservationRegistry registry) {
    Objects.requireNonNull(registry, "registry");
    IntrospectionMonitor.Observer observer =
        (server, request) -> observe(registry, server, request);
    filter.addListener(
        started -> {
          List<Introspector> servers = started.servers().introspectors();
          servers.forEach(server -> server.monitor().addObserver(observer));
          return () -> servers.forEach(server -> server.monitor().removeObserver(observer));
        });
  }

  private VerificationResult observe(
      ObservationRegistry registry, String server, Supplier<VerificationResult> request) {
    Observation observation =
        Observation.createNotStarted("gatehouse.introspection", registry)
            .contextualName("introspect token")
            .lowCardinalityKeyValue("server", server)
            // Micrometer derives meters from observations, and a meter's keys must not change.
            .lowCardinalityKeyValue("outcome", "unknown")
            .lowCardinalityKeyValue("reason", "none");
    tags.forEach(tag -> observation.lowCardinalityKeyValue(tag.getKey(), tag.getValue()));
    return observation.observe(
        () -> {
          VerificationResult result = request.get();
          observation.lowCardinalityKeyValue(
              "outcome", IntrospectionMonitor.Outcome.of(result).code());
          observation.lowCardinalityKeyValue("reason", reason(result));
          return result;
        });
  }

  private static String reason(VerificationResult result) {
    if (result instanceof VerificationResult.Inactive inactive) {
      return inactive.reason().code();
    }
    return result instanceof VerificationResult.Unavailable unavailable
        ? unavailable.reason().code()
        : "none";
  }

  private Runnable register(MeterRegistry registry, List<Metric> metrics) {
    if (isRegistered(registry, metrics.get(0))) {
      log.warn(
          "the registry already has meters of a filter with the tags {}; give the GatehouseMetrics"
              + " of each filter different tags",
          tags);
      return () -> {};
    }
    List<Runnable> undo = new ArrayList<>();
    for (Metric metric : metrics) {
      undo.add(register(registry, metric));
    }
    return () -> undo.forEach(Runnable::run);
  }

  private boolean isRegistered(MeterRegistry registry, Metric metric) {
    return registry.find(metric.name()).tags(tagsOf(metric)).meter() != null;
  }

  private Tags tagsOf(Metric metric) {
    Tags all = tags;
    for (var tag : metric.tags().entrySet()) {
      all = all.and(tag.getKey(), tag.getValue());
    }
    return all;
  }

  private Runnable register(MeterRegistry registry, Metric metric) {
    if (metric instanceof Metric.Timer timer) {
      return registerTimer(registry, timer);
    }
    Meter meter =
        metric instanceof Metric.Counter counter
            ? FunctionCounter.builder(counter.name(), counter, c -> c.value().getAsLong())
                .description(counter.description())
                .tags(tagsOf(counter))
                .register(registry)
            : registerGauge(registry, (Metric.Gauge) metric);
    return () -> registry.remove(meter);
  }

  private Meter registerGauge(MeterRegistry registry, Metric.Gauge gauge) {
    return Gauge.builder(gauge.name(), gauge, g -> g.value().getAsLong())
        .description(gauge.description())
        .tags(tagsOf(gauge))
        .register(registry);
  }

  private Runnable registerTimer(MeterRegistry registry, Metric.Timer timer) {
    Timer meter =
        Timer.builder(timer.name())
            .description(timer.description())
            .tags(tagsOf(timer))
            .register(registry);
    LongConsumer recorder = nanos -> meter.record(nanos, TimeUnit.NANOSECONDS);
    timer.value().addListener(recorder);
    return () -> {
      timer.value().removeListener(recorder);
      registry.remove(meter);
    };
  }
}
