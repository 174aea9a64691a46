package dev.gatehouse;

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
 * Calls the listeners of a filter each time it starts, and their cleanups when it is destroyed. A
 * listener can be added before or after the start. This class is thread-safe.
 */
final class LifecycleListeners {

  private static final Logger log = LoggerFactory.getLogger("dev.gatehouse.McpAuthFilter");

  /** What listeners may use of a started filter. */
  record Started(List<Metric> metrics, RunningServers servers) {}

  private final List<Function<Started, Runnable>> listeners = new ArrayList<>();

  /** The cleanup of each listener that has been called. */
  private final Map<Function<Started, Runnable>, Runnable> cleanups = new LinkedHashMap<>();

  private @Nullable Started started;

  /**
   * Adds a listener, and calls it at once if the filter has started.
   *
   * @param listener returns its cleanup
   */
  synchronized void add(Function<Started, Runnable> listener) {
    listeners.add(listener);
    if (started != null) {
      cleanups.put(listener, listener.apply(started));
    }
  }

  synchronized void start(Started filter) {
    started = filter;
    for (Function<Started, Runnable> listener : listeners) {
      try {
        cleanups.put(listener, listener.apply(filter));
      } catch (RuntimeException | LinkageError e) {
        // A filter without metrics still protects, so the application starts.
        log.warn("metrics or observations of the filter can't be registered", e);
      }
    }
  }

  synchronized void stop() {
    started = null;
    for (Runnable cleanup : cleanups.values()) {
      try {
        cleanup.run();
      } catch (RuntimeException | LinkageError e) {
        log.warn("metrics or observations of the filter can't be removed", e);
      }
    }
    cleanups.clear();
  }
}
