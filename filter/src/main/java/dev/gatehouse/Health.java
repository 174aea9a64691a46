package dev.gatehouse;

import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.introspection.ServerAvailability;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the authorization servers respond, as far as has been seen. Immutable, and without
 * secrets: fit to be shown on a health page.
 *
 * @param servers one for each authorization server, in the order of the settings
 * @see McpAuthFilter#health()
 */
public record Health(List<Server> servers) {

  /** How well an authorization server responds. */
  public enum Status {
    /** It responds. */
    UP,
    /** No request has been sent to it yet. */
    UNKNOWN,
    /** The latest request failed, or the circuit breaker of one of its endpoints is open. */
    DEGRADED,
    /** No endpoint can be used: calls with tokens that are not in the cache get 503. */
    DOWN
  }

  /**
   * One authorization server.
   *
   * @param name as in the settings
   * @param status how well it responds
   * @param since when this was first seen
   * @param reason the code of the failure, such as {@code as_timeout}; null while it responds
   */
  public record Server(String name, Status status, Instant since, @Nullable String reason) {

    private static Server of(Introspector introspector) {
      ServerAvailability.Report report = introspector.availability().report();
      return new Server(
          introspector.server().name(), statusOf(report), report.since(), report.reason());
    }

    private static Status statusOf(ServerAvailability.Report report) {
      return switch (report.status()) {
        case UP -> Status.UP;
        case UNKNOWN -> Status.UNKNOWN;
        case DEGRADED -> Status.DEGRADED;
        case DOWN -> Status.DOWN;
      };
    }
  }

  /**
   * Takes a copy.
   *
   * @param servers one for each authorization server
   */
  public Health {
    servers = List.copyOf(servers);
  }

  static Health of(List<Introspector> introspectors) {
    return new Health(introspectors.stream().map(Server::of).toList());
  }

  /**
   * All of them together.
   *
   * @return what all have in common; else {@link Status#DEGRADED} if any is worse than {@link
   *     Status#UNKNOWN}, and {@link Status#UNKNOWN} otherwise
   */
  public Status status() {
    List<Status> all = servers.stream().map(Server::status).distinct().toList();
    if (all.size() == 1) {
      return all.get(0);
    }
    return all.contains(Status.DEGRADED) || all.contains(Status.DOWN)
        ? Status.DEGRADED
        : Status.UNKNOWN;
  }
}
