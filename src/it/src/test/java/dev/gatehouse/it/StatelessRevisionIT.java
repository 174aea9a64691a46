package dev.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.McpAuthFilter;
import dev.gatehouse.Settings;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The TypeScript SDK's client of revision 2026-07-28 and a server of it behind the filter. */
@NullMarked
class StatelessRevisionIT {

  private static final String RESOURCE = "https://mcp.example.com/mcp";

  /** Ends in what {@link EchoingServer} expects of a token. */
  private static final String TOKEN = "a.token.READER.1";

  @Test
  void itsHeadersAgreeWithTheBodyAndRulesApplyToItsCalls(@TempDir Path folder) throws Exception {
    TypeScriptClient client = TypeScriptClient.install(folder);
    StatelessServlet servlet = new StatelessServlet();
    try (EchoingServer authorizationServer = new EchoingServer(RESOURCE, "unused")) {
      Server jetty = start(servlet, settings(authorizationServer));
      try {
        List<JsonNode> results =
            client.performStateless(
                "http://127.0.0.1:"
                    + ((ServerConnector) jetty.getConnectors()[0]).getLocalPort()
                    + "/mcp",
                TOKEN,
                """
                [{"method":"listTools"},
                 {"method":"callTool","params":{"name":"list_notes","arguments":{}}},
                 {"method":"callTool","params":{"name":"notizen_überprüfen","arguments":{}}},
                 {"method":"readResource","params":{"uri":"notes://größe"}},
                 {"method":"callTool","params":{"name":"delete_note","arguments":{}}},
                 {"method":"readResource","params":{"uri":"secrets://all"}}]""");

        JsonNode list = results.get(0).path("result");
        assertThat(list.path("tools").findValuesAsText("name"))
            .containsExactly("list_notes", "notizen_überprüfen");
        assertThat(list.path("cacheScope").asText()).isEqualTo("private");
        assertThat(text(results.get(1))).isEqualTo("called list_notes");
        assertThat(text(results.get(2))).isEqualTo("called notizen_überprüfen");
        assertThat(results.get(3).at("/result/contents/0/uri").asText()).isEqualTo("notes://größe");
        assertThat(results.get(4).at("/error/message").asText())
            .contains("Insufficient scope")
            .contains("notes:write");
        assertThat(results.get(5).at("/error/message").asText())
            .contains("Insufficient scope")
            .contains("admin");
        assertThat(servlet.calls())
            .containsExactly(
                "server/discover",
                "tools/list",
                "tools/call list_notes",
                "tools/call notizen_überprüfen",
                "resources/read notes://größe");
      } finally {
        jetty.stop();
      }
    }
  }

  private static String text(JsonNode result) {
    return result.at("/result/content/0/text").asText();
  }

  private static Settings settings(EchoingServer authorizationServer) {
    return Settings.builder()
        .set("resource", RESOURCE)
        .set("introspection-endpoint", authorizationServer.url("/introspect"))
        .set("client-id", "mcp")
        .set("client-secret", "secret")
        .allowInsecureHttp(true)
        .selfTest(false)
        .set(
            "mcp-rules",
            "tool *: notes:read\ntool delete_note: notes:write\nresource *: admin\n"
                + "resource notes://*: notes:read")
        .build();
  }

  private static Server start(StatelessServlet servlet, Settings settings) throws Exception {
    Server jetty = new Server();
    ServerConnector connector = new ServerConnector(jetty, 1, 1);
    connector.setHost("127.0.0.1");
    jetty.addConnector(connector);
    ServletContextHandler handler = new ServletContextHandler();
    handler.addServlet(new ServletHolder("mcp", servlet), "/mcp");
    handler.addServletContainerInitializer(
        (classes, context) -> McpAuthFilter.register(context, "mcp", settings));
    jetty.setHandler(handler);
    jetty.start();
    return jetty;
  }
}
