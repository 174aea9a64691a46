package dev.gatehouse;

import dev.gatehouse.internal.introspection.ServerAvailability;
import dev.gatehouse.internal.verify.ServerVerifier;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of the authorization servers, as shown by the latest introspection requests. It is
 * immutable and contains no secrets, so a health page may show it.
 *
 * @param servers the authorization servers, in the order of the settings
 * @see McpAuthFilter#health()
 */
public record Health(List<Server> servers) {

  /** The state of an authorization server. */
  public enum Status {
    /** The authorization server responds. */
    UP,
    /** No request has been sent to it yet. */
    UNKNOWN,
    /** The latest request failed, or the circuit breaker of one of its endpoints is open. */
    DEGRADED,
    /** No endpoint is usable. Requests whose tokens are not cached get 503. */
    DOWN
  }

  /**
   * The state of one authorization server.
   *
   * @param name its name in the settings
   * @param status its status
   * @param since the time at which its status last changed
   * @param reason the reason code of the failure, such as {@code as_timeout}; null if its latest
   *     request succeeded or none has been sent
   */
  public record Server(String name, Status status, Instant since, @Nullable String reason) {

    private static Server of(ServerVerifier verifier) {
      ServerAvailability.Report report = verifier.report();
      return new Server(
          verifier.server().name(), statusOf(report), report.since(), report.reason());
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
   * Creates a report from a copy of the list.
   *
   * @param servers the authorization servers
   */
  public Health {
    servers = List.copyOf(servers);
  }

  static Health of(List<ServerVerifier> verifiers) {
    return new Health(verifiers.stream().map(Server::of).toList());
  }

  /**
   * Returns the combined status of all authorization servers.
   *
   * @return their common status if they all have the same; otherwise {@link Status#DEGRADED} if any
   *     is degraded or down, else {@link Status#UNKNOWN}
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
