package dev.gatehouse.demo;

import dev.gatehouse.AuthInfoContextExtractor;
import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.Settings;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.EnumSet;
import java.util.List;

/**
 * The MCP server and its servlet, protected by the filter.
 *
 * <p>Two lines make it a protected resource: the context extractor, which lets a tool call {@code
 * AuthInfo.from(exchange.transportContext())}, and {@link McpAuthFilter#register}.
 */
final class McpEndpoint implements AutoCloseable {

  /** The path of the endpoint; paths below it do not belong to it. */
  static final String PATH = "/mcp";

  private static final String SERVLET_NAME = "mcp";

  /** In bytes; far more than the longest note, so that the tool reports a text that is too long. */
  static final int MAX_REQUEST_SIZE = 128 << 10;

  private final HttpServletStreamableServerTransportProvider servlet;
  private final McpSyncServer server;

  McpEndpoint(Notebook notebook) {
    servlet =
        HttpServletStreamableServerTransportProvider.builder()
            .mcpEndpoint(PATH)
            .contextExtractor(new AuthInfoContextExtractor())
            .maxRequestSize(MAX_REQUEST_SIZE)
            .build();
    List<DemoTool> tools =
        List.of(
            new WhoAmI(), new ListNotes(notebook), new AddNote(notebook), new DeleteNote(notebook));
    server =
        McpServer.sync(servlet)
            .serverInfo("gatehouse-demo", BuildVersion.text())
            .instructions("A notebook. Callers see only their own notes.")
            .capabilities(ServerCapabilities.builder().tools(false).resources(false, false).build())
            // Reactor may interrupt another thread whose handler has failed, while it writes the
            // error.
            .immediateExecution(true)
            // ToolHandler checks the arguments (see TextArgument).
            .validateToolInputs(false)
            .tools(tools.stream().map(ToolHandler::specification).toList())
            .resourceTemplates(new NoteResource(notebook).template())
            .build();
  }

  /**
   * Registers the servlet, the filter that protects it, and before that the one that receives
   * bodies.
   *
   * @return the filter that protects it
   */
  McpAuthFilter register(ServletContext context, Settings settings) {
    ServletRegistration.Dynamic registration = context.addServlet(SERVLET_NAME, servlet);
    registration.addMapping(PATH);
    registration.setAsyncSupported(true);
    registration.setLoadOnStartup(1);
    FilterRegistration.Dynamic bodies =
        context.addFilter(
            "mcp-bodies",
            new BodyReceiver(MAX_REQUEST_SIZE, BodyReceiver.DEADLINE, BodyReceiver.KEPT_OF_ALL));
    bodies.setAsyncSupported(true);
    bodies.addMappingForServletNames(
        EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), false, SERVLET_NAME);
    return McpAuthFilter.register(context, SERVLET_NAME, settings);
  }

  /** Ends the sessions and their event streams. */
  @Override
  public void close() {
    server.closeGracefully();
  }
}
