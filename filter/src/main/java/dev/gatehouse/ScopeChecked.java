package dev.gatehouse;

import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Wraps handlers of the MCP Java SDK, so that a scope that {@link AuthInfo#requireScope} misses
 * becomes an error that the client and its model understand, instead of an internal error:
 *
 * <pre>{@code
 * .toolCall(deleteNote, ScopeChecked.tool((exchange, request) -> {
 *   AuthInfo.from(exchange.transportContext()).requireScope("notes:write");
 *   return delete(request.arguments());
 * }))
 * }</pre>
 *
 * <p>A tool responds with a result that {@code isError}, and whose {@code
 * _meta["mcp/www_authenticate"]} contains the challenge that lets a client request the scope (as
 * ChatGPT does). Prompts, resources and completions respond with a JSON-RPC error that has the same
 * challenge in its {@code data}. All other results and exceptions pass unchanged.
 *
 * <p>The first argument of a handler is an exchange or, on a stateless server, the transport
 * context. Needs the MCP Java SDK, an optional dependency of the filter. The wrapped handlers are
 * as thread-safe as the handlers in them.
 */
public final class ScopeChecked {

  /** The key, in {@code _meta} and {@code data}, of a list of {@code WWW-Authenticate} values. */
  private static final String CHALLENGES = "mcp/www_authenticate";

  /** A chain of causes may be longer, or a circle. */
  private static final int MAX_CAUSES = 16;

  private ScopeChecked() {}

  /**
   * Wraps the handler of a tool of a synchronous server.
   *
   * @param <E> the exchange or the transport context
   * @param handler may throw an {@link InsufficientScopeException}, also as the cause of another
   *     exception
   * @return a handler that returns an error result instead
   */
  public static <E> BiFunction<E, CallToolRequest, CallToolResult> tool(
      BiFunction<E, CallToolRequest, CallToolResult> handler) {
    return (exchange, request) -> {
      try {
        return handler.apply(exchange, request);
      } catch (RuntimeException e) {
        return toolError(missingScope(e).orElseThrow(() -> e));
      }
    };
  }

  /**
   * Wraps the handler of a tool of an asynchronous server.
   *
   * @param <E> the exchange or the transport context
   * @param handler may throw an {@link InsufficientScopeException}, or return a {@code Mono} that
   *     ends with one, also as the cause of another exception
   * @return a handler whose {@code Mono} emits an error result instead
   */
  public static <E> BiFunction<E, CallToolRequest, Mono<CallToolResult>> asyncTool(
      BiFunction<E, CallToolRequest, Mono<CallToolResult>> handler) {
    return (exchange, request) ->
        Mono.defer(() -> handler.apply(exchange, request))
            .onErrorResume(
                e ->
                    missingScope(e)
                        .map(missing -> Mono.just(toolError(missing)))
                        .orElseGet(() -> Mono.error(e)));
  }

  /**
   * Wraps the handler of a prompt, resource or completion of a synchronous server.
   *
   * @param <E> the exchange or the transport context
   * @param <Q> the request
   * @param <R> the result
   * @param handler may throw an {@link InsufficientScopeException}, also as the cause of another
   *     exception
   * @return a handler that throws an {@link McpError} instead
   */
  public static <E, Q, R> BiFunction<E, Q, R> handler(BiFunction<E, Q, R> handler) {
    return (exchange, request) -> {
      try {
        return handler.apply(exchange, request);
      } catch (RuntimeException e) {
        throw missingScope(e).<RuntimeException>map(ScopeChecked::protocolError).orElse(e);
      }
    };
  }

  /**
   * Wraps the handler of a prompt, resource or completion of an asynchronous server.
   *
   * @param <E> the exchange or the transport context
   * @param <Q> the request
   * @param <R> the result
   * @param handler may throw an {@link InsufficientScopeException}, or return a {@code Mono} that
   *     ends with one, also as the cause of another exception
   * @return a handler whose {@code Mono} ends with an {@link McpError} instead
   */
  public static <E, Q, R> BiFunction<E, Q, Mono<R>> asyncHandler(
      BiFunction<E, Q, Mono<R>> handler) {
    return (exchange, request) ->
        Mono.defer(() -> handler.apply(exchange, request))
            .onErrorMap(e -> missingScope(e).<Throwable>map(ScopeChecked::protocolError).orElse(e));
  }

  private static CallToolResult toolError(InsufficientScopeException missing) {
    return CallToolResult.builder()
        .isError(true)
        .addTextContent(missing.getMessage())
        .meta(Map.of(CHALLENGES, List.of(missing.challenge())))
        .build();
  }

  private static McpError protocolError(InsufficientScopeException missing) {
    return McpError.builder(ErrorCodes.INVALID_REQUEST)
        .message(missing.getMessage())
        .data(Map.of(CHALLENGES, List.of(missing.challenge())))
        .build();
  }

  private static Optional<InsufficientScopeException> missingScope(Throwable thrown) {
    @Nullable Throwable each = thrown;
    for (int i = 0; i < MAX_CAUSES && each != null; i++) {
      if (each instanceof InsufficientScopeException missing) {
        return Optional.of(missing);
      }
      each = each.getCause();
    }
    return Optional.empty();
  }
}
