package dev.gatehouse;

import dev.gatehouse.internal.introspection.EndpointCircuitBreaker;
import dev.gatehouse.internal.introspection.IntrospectionMonitor.Outcome;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.observe.Metric;
import dev.gatehouse.internal.observe.RequestCounters;
import dev.gatehouse.internal.stream.EndReason;
import dev.gatehouse.internal.stream.OpenStreams;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.verify.Bulkhead;
import dev.gatehouse.internal.verify.OutcomeLatencies;
import dev.gatehouse.internal.verify.ResultCache;
import dev.gatehouse.internal.verify.TokenVerifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Lists the metrics of one filter. Micrometer meters and JMX both publish this list. */
final class FilterMetrics {

  private final List<Metric> metrics = new ArrayList<>();

  private FilterMetrics() {}

  static List<Metric> of(
      RequestCounters requests,
      RunningServers servers,
      ResultCache cache,
      TokenVerifier verifier,
      OpenStreams streams) {
    FilterMetrics all = new FilterMetrics();
    all.addRequests(requests);
    servers.introspectors().forEach(all::addServer);
    servers.jwts().forEach(each -> all.addVerifications(each.server(), each.latencies()));
    servers.custom().forEach(each -> all.addVerifications(each.server(), each.latencies()));
    all.addCache(cache, verifier);
    all.addBulkhead(verifier.bulkhead());
    all.addStreams(streams);
    return List.copyOf(all.metrics);
  }

  private void addRequests(RequestCounters requests) {
    String name = "gatehouse.requests";
    String description = "requests that the filter decided on";
    addCounter(
        name, description, tags("outcome", "admitted", "reason", "none"), requests::admitted);
    for (Reason reason : Reason.values()) {
      addCounter(
          name,
          description,
          tags("outcome", "refused", "reason", reason.code()),
          () -> requests.refused(reason));
    }
  }

  private void addServer(Introspector introspector) {
    String server = introspector.server().name();
    for (Outcome outcome : Outcome.values()) {
      metrics.add(
          new Metric.Timer(
              "gatehouse.introspections",
              "introspections of callers' tokens, including retries and further endpoints",
              tags("server", server, "outcome", outcome.code()),
              introspector.monitor().latency(outcome)));
    }
    for (EndpointCircuitBreaker endpoint : introspector.availability().endpoints()) {
      addGauge(
          "gatehouse.breaker.state",
          "state of the endpoint's circuit breaker: 0 closed, 1 half open, 2 open",
          tags("endpoint", endpoint.toString()),
          endpoint::stateCode);
    }
  }

  private void addVerifications(TrustedServer server, OutcomeLatencies latencies) {
    for (Outcome outcome : Outcome.values()) {
      metrics.add(
          new Metric.Timer(
              "gatehouse.verifications",
              "verifications of callers' tokens that were no introspections",
              tags("server", server.name(), "outcome", outcome.code()),
              latencies.of(outcome)));
    }
  }

  private void addCache(ResultCache cache, TokenVerifier verifier) {
    String name = "gatehouse.cache.gets";
    String description = "cache lookups";
    addCounter(name, description, tags("result", "hit"), verifier::hits);
    addCounter(name, description, tags("result", "miss"), verifier::misses);
    addGauge("gatehouse.cache.size", "cached introspection results", Map.of(), cache::size);
    addCounter(
        "gatehouse.stale.served",
        "results used beyond their time because of stale-while-unavailable",
        Map.of(),
        verifier::staleServed);
    addCounter(
        "gatehouse.evictions",
        "evictions from the cache, by method call or by request",
        Map.of(),
        cache::evictions);
  }

  private void addBulkhead(Bulkhead bulkhead) {
    metrics.add(
        new Metric.Timer(
            "gatehouse.bulkhead.wait",
            "waits for one of the max-concurrent-introspections permits",
            Map.of(),
            bulkhead.waits()));
    addGauge(
        "gatehouse.bulkhead.waiting",
        "requests that are waiting for a permit now",
        Map.of(),
        bulkhead::waiting);
  }

  private void addStreams(OpenStreams streams) {
    addGauge("gatehouse.streams.open", "event streams that are open", Map.of(), streams::size);
    for (EndReason reason : EndReason.values()) {
      addCounter(
          "gatehouse.streams.ended",
          "event streams that were ended with their tokens",
          tags("reason", reason.code()),
          () -> streams.ended(reason));
    }
  }

  private void addCounter(
      String name, String description, Map<String, String> tags, LongSupplier value) {
    metrics.add(new Metric.Counter(name, description, tags, value));
  }

  private void addGauge(
      String name, String description, Map<String, String> tags, LongSupplier value) {
    metrics.add(new Metric.Gauge(name, description, tags, value));
  }

  private static Map<String, String> tags(String... namesAndValues) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      tags.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return tags;
  }
}
