package dev.gatehouse.internal.mcp;

import java.util.Set;

/** The methods of MCP, of all revisions from 2024-11-05 to 2026-07-28. */
final class McpMethods {

  /** What clients and servers send; a rule for another method is probably misspelled. */
  private static final Set<String> KNOWN =
      Set.of(
          "initialize",
          "ping",
          "server/discover",
          "tools/list",
          "tools/call",
          "prompts/list",
          "prompts/get",
          "resources/list",
          "resources/templates/list",
          "resources/read",
          "resources/subscribe",
          "resources/unsubscribe",
          "subscriptions/listen",
          "completion/complete",
          "logging/setLevel",
          "tasks/get",
          "tasks/list",
          "tasks/result",
          "tasks/update",
          "tasks/cancel",
          "sampling/createMessage",
          "elicitation/create",
          "roots/list",
          "notifications/initialized",
          "notifications/cancelled",
          "notifications/progress",
          "notifications/message",
          "notifications/roots/list_changed",
          "notifications/tools/list_changed",
          "notifications/prompts/list_changed",
          "notifications/resources/list_changed",
          "notifications/resources/updated",
          "notifications/subscriptions/acknowledged",
          "notifications/elicitation/complete",
          "notifications/tasks/status");

  private static final Set<String> OF_EVERY_SESSION =
      Set.of("initialize", "ping", "server/discover");

  private static final Set<String> WITH_TARGET =
      Set.of(
          "tools/call",
          "prompts/get",
          "resources/read",
          "resources/subscribe",
          "resources/unsubscribe",
          "completion/complete");

  private McpMethods() {}

  /** Whether every call of the method uses a tool, prompt or resource. */
  static boolean hasTarget(String method) {
    return WITH_TARGET.contains(method);
  }

  /** Whether MCP has such a method. */
  static boolean isKnown(String name, boolean pattern) {
    return pattern
        ? KNOWN.stream().anyMatch(method -> method.startsWith(name))
        : KNOWN.contains(name);
  }

  /**
   * Whether no client can work without the method, so that {@code mcp-default=deny} does not refuse
   * it. Lists are among them, because they show only what the caller may use.
   */
  static boolean isNeededByAll(String method) {
    return OF_EVERY_SESSION.contains(method)
        || method.startsWith("notifications/")
        || ListMethod.named(method).isPresent();
  }
}
