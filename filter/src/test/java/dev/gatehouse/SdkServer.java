package dev.gatehouse;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.server.transport.HttpServletStatelessServerTransport;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.GetPromptResult;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import jakarta.servlet.http.HttpServlet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * The servers of the MCP Java SDK, each with the same tools, resource and prompt, which all require
 * {@code notes:write}.
 */
enum SdkServer {
  /** Handlers run on the thread of the container. */
  SYNC,
  /** Handlers run on Reactor's threads. */
  SYNC_ON_REACTOR,
  ASYNC,
  STATELESS_SYNC,
  STATELESS_ASYNC;

  static final String TOOL = "write";

  /** Its exception has another one around it. */
  static final String WRAPPING_TOOL = "wrapping";

  /** An asynchronous one returns its exception in a {@code Mono} instead of throwing it. */
  static final String FAILING_MONO_TOOL = "failing-mono";

  /** Likewise, and not wrapped. */
  static final String UNCHECKED_TOOL = "unchecked";

  /** Fails for another reason. */
  static final String BROKEN_TOOL = "broken";

  static final String PROMPT = "write-prompt";
  static final String RESOURCE = "notes://write";

  private static final List<String> TOOLS =
      List.of(TOOL, WRAPPING_TOOL, FAILING_MONO_TOOL, UNCHECKED_TOOL, BROKEN_TOOL);

  /** A server, whose servlet a container must start. */
  record Running(HttpServlet servlet, Runnable stop) {}

  Running start() {
    return switch (this) {
      case SYNC, SYNC_ON_REACTOR -> sync(this == SYNC);
      case ASYNC -> async();
      case STATELESS_SYNC -> statelessSync();
      case STATELESS_ASYNC -> statelessAsync();
    };
  }

  private static Running sync(boolean immediate) {
    var transport = streamable();
    Function<McpSyncServerExchange, McpTransportContext> context = e -> e.transportContext();
    var server =
        McpServer.sync(transport)
            .immediateExecution(immediate)
            .resources(
                new McpServerFeatures.SyncResourceSpecification(
                    resource(), ScopeChecked.handler(reading(context))))
            .prompts(
                new McpServerFeatures.SyncPromptSpecification(
                    Prompt.builder(PROMPT).build(), ScopeChecked.handler(prompting(context))));
    TOOLS.forEach(name -> server.toolCall(tool(name), checked(name, context)));
    return new Running(transport, server.build()::close);
  }

  private static Running statelessSync() {
    var transport = stateless();
    Function<McpTransportContext, McpTransportContext> context = e -> e;
    var server =
        McpServer.sync(transport)
            .immediateExecution(true)
            .resources(
                new McpStatelessServerFeatures.SyncResourceSpecification(
                    resource(), ScopeChecked.handler(reading(context))))
            .prompts(
                new McpStatelessServerFeatures.SyncPromptSpecification(
                    Prompt.builder(PROMPT).build(), ScopeChecked.handler(prompting(context))));
    TOOLS.forEach(name -> server.toolCall(tool(name), checked(name, context)));
    return new Running(transport, server.build()::close);
  }

  private static Running async() {
    var transport = streamable();
    Function<McpAsyncServerExchange, McpTransportContext> context = e -> e.transportContext();
    var server =
        McpServer.async(transport)
            .resources(
                new McpServerFeatures.AsyncResourceSpecification(
                    resource(), ScopeChecked.asyncHandler(later(reading(context)))))
            .prompts(
                new McpServerFeatures.AsyncPromptSpecification(
                    Prompt.builder(PROMPT).build(),
                    ScopeChecked.asyncHandler(later(prompting(context)))));
    TOOLS.forEach(name -> server.toolCall(tool(name), asyncChecked(name, context)));
    return new Running(transport, server.build()::close);
  }

  private static Running statelessAsync() {
    var transport = stateless();
    Function<McpTransportContext, McpTransportContext> context = e -> e;
    var server =
        McpServer.async(transport)
            .resources(
                new McpStatelessServerFeatures.AsyncResourceSpecification(
                    resource(), ScopeChecked.asyncHandler(later(reading(context)))))
            .prompts(
                new McpStatelessServerFeatures.AsyncPromptSpecification(
                    Prompt.builder(PROMPT).build(),
                    ScopeChecked.asyncHandler(later(prompting(context)))));
    TOOLS.forEach(name -> server.toolCall(tool(name), asyncChecked(name, context)));
    return new Running(transport, server.build()::close);
  }

  private static HttpServletStreamableServerTransportProvider streamable() {
    return HttpServletStreamableServerTransportProvider.builder()
        .mcpEndpoint("/mcp")
        .contextExtractor(new AuthInfoContextExtractor())
        .build();
  }

  private static HttpServletStatelessServerTransport stateless() {
    return HttpServletStatelessServerTransport.builder()
        .messageEndpoint("/mcp")
        .contextExtractor(new AuthInfoContextExtractor())
        .build();
  }

  private static Tool tool(String name) {
    return Tool.builder(name, Map.of("type", "object")).build();
  }

  private static Resource resource() {
    return Resource.builder(RESOURCE, "notes").build();
  }

  private static <E> BiFunction<E, CallToolRequest, CallToolResult> checked(
      String tool, Function<E, McpTransportContext> context) {
    BiFunction<E, CallToolRequest, CallToolResult> handler =
        (exchange, request) -> call(tool, context.apply(exchange));
    return tool.equals(UNCHECKED_TOOL) ? handler : ScopeChecked.tool(handler);
  }

  private static <E> BiFunction<E, CallToolRequest, Mono<CallToolResult>> asyncChecked(
      String tool, Function<E, McpTransportContext> context) {
    BiFunction<E, CallToolRequest, CallToolResult> handler =
        (exchange, request) -> call(tool, context.apply(exchange));
    BiFunction<E, CallToolRequest, Mono<CallToolResult>> async =
        tool.equals(FAILING_MONO_TOOL) || tool.equals(UNCHECKED_TOOL)
            ? later(handler)
            : (exchange, request) -> Mono.just(handler.apply(exchange, request));
    return tool.equals(UNCHECKED_TOOL) ? async : ScopeChecked.asyncTool(async);
  }

  private static <E, Q, R> BiFunction<E, Q, Mono<R>> later(BiFunction<E, Q, R> handler) {
    return (exchange, request) -> Mono.fromCallable(() -> handler.apply(exchange, request));
  }

  private static CallToolResult call(String tool, McpTransportContext context) {
    if (tool.equals(BROKEN_TOOL)) {
      throw new IllegalStateException("broken");
    }
    try {
      requireWrite(context);
    } catch (InsufficientScopeException e) {
      throw tool.equals(WRAPPING_TOOL) ? new CompletionException(e) : e;
    }
    return CallToolResult.builder()
        .addTextContent(isVirtual(Thread.currentThread()) ? "virtual" : "done")
        .build();
  }

  private static <E> BiFunction<E, ReadResourceRequest, ReadResourceResult> reading(
      Function<E, McpTransportContext> context) {
    return (exchange, request) -> {
      requireWrite(context.apply(exchange));
      return ReadResourceResult.builder(List.of()).build();
    };
  }

  private static <E> BiFunction<E, GetPromptRequest, GetPromptResult> prompting(
      Function<E, McpTransportContext> context) {
    return (exchange, request) -> {
      requireWrite(context.apply(exchange));
      return GetPromptResult.builder(List.of()).build();
    };
  }

  private static void requireWrite(McpTransportContext context) {
    AuthInfo.from(context).requireScope("notes:write");
  }

  /** {@code Thread.isVirtual}, which JDK 17 does not have. */
  private static boolean isVirtual(Thread thread) {
    if (Runtime.version().feature() < 21) {
      return false;
    }
    try {
      return (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Thread.isVirtual", e);
    }
  }
}
