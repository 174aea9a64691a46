package dev.gatehouse;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Asks servers that nothing has been heard of about a token of our own, beside the caller. */
final class HealthProbes implements AutoCloseable {

  private final List<Introspector> servers;
  private final Set<Thread> underWay = ConcurrentHashMap.newKeySet();

  HealthProbes(List<Introspector> servers) {
    this.servers = servers;
  }

  /** What is known; what is not, or no longer, the next call will know. */
  Health health() {
    List<Health.Server> known = servers.stream().map(each -> each.health().now()).toList();
    servers.stream().filter(each -> each.health().beginProbe()).forEach(this::probe);
    return new Health(known);
  }

  private void probe(Introspector server) {
    Thread thread =
        new Thread(
            () -> {
              try {
                server.probe();
              } finally {
                underWay.remove(Thread.currentThread());
              }
            },
            "gatehouse-health");
    thread.setDaemon(true);
    underWay.add(thread);
    thread.start();
  }

  /** The application is going. */
  @Override
  public void close() {
    underWay.forEach(Thread::interrupt);
  }
}
