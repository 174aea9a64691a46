package dev.gatehouse;

import dev.gatehouse.internal.introspection.EndpointCircuitBreaker;
import dev.gatehouse.internal.introspection.IntrospectionMonitor.Outcome;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.observe.Metric;
import dev.gatehouse.internal.observe.RequestCounters;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.verify.Bulkhead;
import dev.gatehouse.internal.verify.ResultCache;
import dev.gatehouse.internal.verify.TokenVerifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** All that there is to watch, in one list: meters and JMX show the same. */
final class FilterMetrics {

  private final List<Metric> all = new ArrayList<>();

  private FilterMetrics() {}

  static List<Metric> of(
      RequestCounters requests,
      List<Introspector> servers,
      ResultCache cache,
      TokenVerifier verifier) {
    FilterMetrics readings = new FilterMetrics();
    readings.addRequests(requests);
    servers.forEach(readings::addServer);
    readings.addCache(cache, verifier);
    readings.addBulkhead(verifier.bulkhead());
    return List.copyOf(readings.all);
  }

  private void addRequests(RequestCounters requests) {
    String name = "gatehouse.requests";
    String what = "requests that were judged";
    count(name, what, tags("outcome", "admitted", "reason", "none"), requests::admitted);
    for (Reason reason : Reason.values()) {
      count(
          name,
          what,
          tags("outcome", "refused", "reason", reason.code()),
          () -> requests.refused(reason));
    }
  }

  private void addServer(Introspector introspector) {
    String server = introspector.server().name();
    for (Outcome outcome : Outcome.values()) {
      all.add(
          new Metric.Time(
              "gatehouse.introspections",
              "introspection requests for callers' tokens",
              tags("server", server, "outcome", outcome.code()),
              introspector.monitor().latency(outcome)));
    }
    for (EndpointCircuitBreaker endpoint : introspector.availability().endpoints()) {
      level(
          "gatehouse.breaker.state",
          "0 for closed, 1 for half open, 2 for open",
          tags("endpoint", endpoint.toString()),
          endpoint::stateCode);
    }
  }

  private void addCache(ResultCache cache, TokenVerifier verifier) {
    String name = "gatehouse.cache.gets";
    String what = "answers looked for in the cache";
    count(name, what, tags("result", "hit"), verifier::hits);
    count(name, what, tags("result", "miss"), verifier::misses);
    level("gatehouse.cache.size", "answers that are kept", Map.of(), cache::size);
    count(
        "gatehouse.stale.served",
        "answers used past their time, while nobody can be asked",
        Map.of(),
        verifier::staleServed);
    count(
        "gatehouse.evictions",
        "times that something was to be forgotten",
        Map.of(),
        cache::evictions);
  }

  private void addBulkhead(Bulkhead bulkhead) {
    all.add(
        new Metric.Time(
            "gatehouse.bulkhead.wait",
            "waits for a place among max-concurrent-introspections",
            Map.of(),
            bulkhead.waits()));
    level(
        "gatehouse.bulkhead.waiting",
        "requests that wait for a place",
        Map.of(),
        bulkhead::waiting);
  }

  private void count(String name, String what, Map<String, String> tags, LongSupplier value) {
    all.add(new Metric.Count(name, what, tags, value));
  }

  private void level(String name, String what, Map<String, String> tags, LongSupplier value) {
    all.add(new Metric.Level(name, what, tags, value));
  }

  private static Map<String, String> tags(String... namesAndValues) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      tags.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return tags;
  }
}
