package dev.gatehouse.internal.mcp;

import org.jspecify.annotations.Nullable;

/**
 * One JSON-RPC message of a request body, as far as rules and lists need it.
 *
 * @param kind what the message is
 * @param method {@code method}; null for a response
 * @param id {@code id} as JSON text, such as {@code 7} or {@code "a"}; null if there is none
 * @param name what the call is about: the {@code name} of {@code tools/call} and {@code
 *     prompts/get}, the {@code uri} of {@code resources/read}, {@code resources/subscribe} and
 *     {@code resources/unsubscribe}, the name or URI in the {@code ref} of {@code
 *     completion/complete}; null for other methods
 * @param target what {@code name} names; null if {@code name} is null
 * @param protocolVersion the protocol version in {@code _meta}; null if there is none
 * @param headerName what {@code Mcp-Name} must repeat (MCP 2026-07-28): {@code name} where the
 *     method has it directly in its {@code params}, the {@code taskId} of {@code tasks/…}; null for
 *     other methods
 */
public record McpMessage(
    Kind kind,
    @Nullable String method,
    @Nullable String id,
    @Nullable String name,
    @Nullable Target target,
    @Nullable String protocolVersion,
    @Nullable String headerName) {

  /** The kinds of JSON-RPC messages. */
  public enum Kind {
    REQUEST,
    NOTIFICATION,
    RESPONSE
  }

  /** What a rule can name, other than methods. */
  public enum Target {
    TOOL,
    PROMPT,
    RESOURCE
  }

  /** A message whose {@code Mcp-Name} repeats its name. */
  public McpMessage(
      Kind kind,
      @Nullable String method,
      @Nullable String id,
      @Nullable String name,
      @Nullable Target target,
      @Nullable String protocolVersion) {
    this(kind, method, id, name, target, protocolVersion, name);
  }
}
