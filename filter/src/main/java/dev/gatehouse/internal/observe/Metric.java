package dev.gatehouse.internal.observe;

import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A number that operators can monitor. Names and tags come from the settings and from this code,
 * never from a request, so callers can't create metrics.
 */
public sealed interface Metric {

  /** The name of the meter: {@code gatehouse.cache.gets}. */
  String name();

  String description();

  /** Tag names and values, in a fixed order. */
  Map<String, String> tags();

  /** Never decreases. */
  record Counter(String name, String description, Map<String, String> tags, LongSupplier value)
      implements Metric {}

  /** Increases and decreases. */
  record Gauge(String name, String description, Map<String, String> tags, LongSupplier value)
      implements Metric {}

  /** Counts events and measures how long each takes. */
  record Timer(String name, String description, Map<String, String> tags, Latency value)
      implements Metric {}
}
