package dev.gatehouse.internal.observe;

import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A number that operators can watch. Names and tags come from the settings and from this code:
 * nothing that a caller sends is ever in them, so there are as many as there are at the start.
 */
public sealed interface Metric {

  /** As meters are named: {@code gatehouse.cache.gets}. */
  String name();

  String description();

  /** In a fixed order. */
  Map<String, String> tags();

  /** Only ever grows. */
  record Count(String name, String description, Map<String, String> tags, LongSupplier value)
      implements Metric {}

  /** Goes up and down. */
  record Level(String name, String description, Map<String, String> tags, LongSupplier value)
      implements Metric {}

  /** How often, and how long each time. */
  record Time(String name, String description, Map<String, String> tags, Latency value)
      implements Metric {}
}
