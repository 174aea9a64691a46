package dev.gatehouse;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether the authorization servers answer, as far as has been seen. Immutable, and without
 * secrets: fit to be shown on a health page.
 *
 * @param servers one for each authorization server, in the order of the settings
 * @see McpAuthFilter#health()
 */
public record Health(List<Server> servers) {

  /** How well an authorization server answers. */
  public enum Status {
    /** It answers. */
    UP,
    /** It has not been asked yet. */
    UNKNOWN,
    /** The latest question was in vain, or one of its endpoints is left alone: some may be 503. */
    DEGRADED,
    /** It can't tell good tokens from bad ones: calls that are not in the cache get 503. */
    DOWN
  }

  /**
   * One authorization server.
   *
   * @param name as in the settings
   * @param status how well it answers
   * @param since when this was first seen
   * @param reason the code of failure, such as {@code as_timeout}; null while questions are
   *     answered
   */
  public record Server(String name, Status status, Instant since, @Nullable String reason) {}

  /**
   * Takes a copy.
   *
   * @param servers one for each authorization server
   */
  public Health {
    servers = List.copyOf(servers);
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
