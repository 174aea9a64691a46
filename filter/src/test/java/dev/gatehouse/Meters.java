package dev.gatehouse;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** The meters of one filter, in a registry of their own. */
final class Meters {

  final MeterRegistry registry = new SimpleMeterRegistry();

  Meters(McpAuthFilter filter) {
    new GatehouseMetrics(filter).bindTo(registry);
  }

  double count(String name, String... tags) {
    return registry.get(name).tags(tags).functionCounter().count();
  }

  double gauge(String name) {
    return registry.get(name).gauge().value();
  }
}
