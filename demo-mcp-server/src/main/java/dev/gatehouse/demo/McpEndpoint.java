package dev.gatehouse.demo;

import dev.gatehouse.AuthInfoContextExtractor;
import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.Settings;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.util.List;

/**
 * The MCP server and its servlet, with the filter in front.
 *
 * <p>What makes it a protected resource is two lines: the context extractor, which lets a tool ask
 * {@code AuthInfo.from(exchange.transportContext())}, and {@link McpAuthFilter#register}.
 */
final class McpEndpoint implements AutoCloseable {

  /** Where it is: this very path, and none below it. */
  static final String PATH = "/mcp";

  private static final String SERVLET_NAME = "mcp";

  /** A request is one note at most, and what is too long shall be told so by the tool. */
  private static final int MAX_REQUEST_SIZE = 1 << 20;

  private final HttpServletStreamableServerTransportProvider servlet;
  private final McpSyncServer server;

  McpEndpoint(Notebook notebook) {
    McpJsonMapper json = McpJson.mapper();
    servlet =
        HttpServletStreamableServerTransportProvider.builder()
            .jsonMapper(json)
            .mcpEndpoint(PATH)
            .contextExtractor(new AuthInfoContextExtractor())
            .maxRequestSize(MAX_REQUEST_SIZE)
            .build();
    List<DemoTool> tools =
        List.of(
            new WhoAmI(), new ListNotes(notebook), new AddNote(notebook), new DeleteNote(notebook));
    server =
        McpServer.sync(servlet)
            .jsonMapper(json)
            .serverInfo("gatehouse-demo", BuildVersion.text())
            .instructions("A notebook. Everybody sees only their own notes.")
            .capabilities(ServerCapabilities.builder().tools(false).resources(false, false).build())
            // Each tool checks its own arguments: see TextArgument.
            .validateToolInputs(false)
            .tools(tools.stream().map(ToolGate::guarded).toList())
            .resourceTemplates(new NoteResource(notebook).template())
            .build();
  }

  /**
   * Adds the servlet, and the filter in front of it.
   *
   * @return that filter
   */
  McpAuthFilter register(ServletContext context, Settings settings) {
    ServletRegistration.Dynamic registration = context.addServlet(SERVLET_NAME, servlet);
    registration.addMapping(PATH);
    registration.setAsyncSupported(true);
    registration.setLoadOnStartup(1);
    return McpAuthFilter.register(context, SERVLET_NAME, settings);
  }

  /** Ends the sessions and their event streams. */
  @Override
  public void close() {
    server.closeGracefully();
  }
}
