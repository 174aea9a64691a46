package dev.gatehouse;

import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.observe.Metric;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What others attach to a filter: once it has started, anew if it is started again, and off when it
 * is destroyed. So they need not care what comes first.
 */
final class LifecycleListeners {

  private static final Logger log = LoggerFactory.getLogger("dev.gatehouse.McpAuthFilter");

  /** What can be seen of a filter that has started. */
  record Started(List<Metric> readings, List<Introspector> servers) {}

  /** By what attaches, what takes it off again. */
  private final Map<Function<Started, Runnable>, Runnable> attached = new LinkedHashMap<>();

  private final List<Function<Started, Runnable>> all = new ArrayList<>();
  private @Nullable Started current;

  /**
   * Attaches as soon as there is something to attach to.
   *
   * @param attachment returns what takes it off
   */
  synchronized void add(Function<Started, Runnable> attachment) {
    all.add(attachment);
    if (current != null) {
      attached.put(attachment, attachment.apply(current));
    }
  }

  synchronized void start(Started started) {
    current = started;
    for (Function<Started, Runnable> attachment : all) {
      try {
        attached.put(attachment, attachment.apply(started));
      } catch (RuntimeException | LinkageError e) {
        log.warn("this can't be watched as asked for", e); // but it guards
      }
    }
  }

  synchronized void stop() {
    current = null;
    for (Runnable detach : attached.values()) {
      try {
        detach.run();
      } catch (RuntimeException | LinkageError e) {
        log.warn("what watches this can't be taken off", e);
      }
    }
    attached.clear();
  }
}
