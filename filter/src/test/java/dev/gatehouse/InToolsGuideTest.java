package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatehouse.testing.Examples;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiles, deploys and calls the examples of the guide's page on callers in tools. */
class InToolsGuideTest {

  private static final Path PAGE = Path.of("..", "src", "site", "markdown", "in-tools.md");
  private static final Pattern IMPORT = Pattern.compile("^import .*?;\n", Pattern.MULTILINE);

  @TempDir private Path directory;
  private FakeAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
  }

  @AfterEach
  void stop() {
    as.close();
  }

  private Settings settings() {
    return TestSettings.builder()
        .resource("https://mcp.example.com/mcp")
        .introspectionEndpoint(as.introspectionEndpoint())
        .clientId("mcp-filter")
        .clientSecret(Secrets.CLIENT_SECRET)
        .scopesSupported("notes:read notes:write")
        .build();
  }

  private void grant(String scopes) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"sub\":\"alice\",\"aud\":\"https://mcp.example.com/mcp\",\"scope\":\"%s\"}"
                .formatted(scopes)));
  }

  private Class<?> example(String className) throws Exception {
    return Examples.compiled(
        directory, className, Examples.block(PAGE, "java", "class " + className));
  }

  /** Starts a Jetty with the example's {@code register}, and stops both after the check. */
  private void deploy(String className, ThrowingConsumer check) throws Exception {
    var register = example(className).getMethod("register", ServletContext.class, Settings.class);
    var mcp = new CompletableFuture<Object>();
    Settings settings = settings();
    try (var server =
        new ProtectedServer(
            "/",
            origin ->
                context -> {
                  try {
                    mcp.complete(register.invoke(null, context, settings));
                  } catch (ReflectiveOperationException e) {
                    throw new LinkageError(className, e);
                  }
                })) {
      check.accept(server.port());
    } finally {
      Object started = mcp.join();
      started.getClass().getMethod("close").invoke(started);
    }
  }

  private interface ThrowingConsumer {
    void accept(int port) throws Exception;
  }

  /** The result in the guide. */
  private static JsonNode documentedError() throws IOException {
    return new ObjectMapper().readTree(Examples.block(PAGE, "json", "isError"));
  }

  private static void assertMissingScope(CallToolResult result) throws IOException {
    assertThat(result.isError()).isTrue();
    JsonNode documented = documentedError();
    assertThat(SdkClient.text(result)).isEqualTo(documented.at("/content/0/text").textValue());
    assertThat(result.meta())
        .isEqualTo(
            Map.of(
                "mcp/www_authenticate",
                List.of(documented.get("_meta").get("mcp/www_authenticate").get(0).textValue())));
  }

  private void assertAddNoteNeedsWrite(int port, String added) throws IOException {
    grant("notes:read");
    try (McpSyncClient client = SdkClient.withNewToken(port)) {
      assertMissingScope(SdkClient.call(client, "add_note"));
    }
    grant("notes:write");
    try (McpSyncClient client = SdkClient.withNewToken(port)) {
      CallToolResult result = SdkClient.call(client, "add_note");
      assertThat(result.isError()).isNotEqualTo(true);
      assertThat(SdkClient.text(result)).contains(added);
    }
  }

  @LogsWarning(maybe = {SdkClient.GONE, SdkClient.STREAM_FAILED})
  @ParameterizedTest
  @ValueSource(strings = {"SyncNotes", "AsyncNotes", "StatelessNotes"})
  void theToolOfAnExampleNeedsItsScope(String className) throws Exception {
    deploy(className, port -> assertAddNoteNeedsWrite(port, "added for alice"));
  }

  @LogsWarning(maybe = {SdkClient.GONE, SdkClient.STREAM_FAILED})
  @Test
  void theResourceOfTheExampleNeedsItsScope() throws Exception {
    deploy(
        "SyncNotes",
        port -> {
          grant("notes:write");
          try (McpSyncClient client = SdkClient.withNewToken(port)) {
            assertThatThrownBy(
                    () -> client.readResource(ReadResourceRequest.builder("notes://all").build()))
                .isInstanceOfSatisfying(
                    McpError.class, e -> assertThat(e.getJsonRpcError().code()).isEqualTo(-32600))
                .hasMessageContaining("lacks the scope notes:read.");
          }
          grant("notes:read");
          try (McpSyncClient client = SdkClient.withNewToken(port)) {
            assertThat(
                    client
                        .readResource(ReadResourceRequest.builder("notes://all").build())
                        .contents())
                .singleElement()
                .isInstanceOfSatisfying(
                    TextResourceContents.class,
                    contents -> assertThat(contents.text()).isEqualTo("milk, eggs"));
          }
        });
  }

  @LogsWarning(maybe = {SdkClient.GONE, SdkClient.STREAM_FAILED})
  @Test
  void theExampleWithVirtualThreadsRunsOnThemIfThereAreAny() throws Exception {
    Server jetty =
        (Server)
            example("VirtualThreadNotes")
                .getMethod("start", int.class, Settings.class)
                .invoke(null, 0, settings());
    try {
      assertAddNoteNeedsWrite(
          ((ServerConnector) jetty.getConnectors()[0]).getLocalPort(),
          Runtime.version().feature() < 21 ? "Thread[" : "VirtualThread[");
    } finally {
      jetty.stop();
    }
  }

  @Test
  void theFirstLinesOfThePageCompile() throws Exception {
    Examples.compiled(
        directory,
        "FirstLines",
        importsOf("SyncNotes")
            + """
            class FirstLines {
              McpServer.SyncSpecification<?> server(
                  HttpServletStreamableServerTransportProvider transport, Tool deleteNote) {
                return
            %s;
              }
              CallToolResult delete(AuthInfo caller, Object request) {
                throw new UnsupportedOperationException();
              }
            }
            """
                .formatted(Examples.block(PAGE, "java", "McpServer.sync(transport) // built")));
  }

  @Test
  void aServletCanRespondAsTheFilterDoes() throws Exception {
    HttpServlet servlet =
        (HttpServlet)
            Examples.compiled(
                    directory,
                    "NotesServlet",
                    """
                    import dev.gatehouse.*;
                    import jakarta.servlet.http.*;
                    public class NotesServlet extends HttpServlet {
                      @Override
                      protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                        %s
                      }
                    }
                    """
                        .formatted(
                            Examples.block(PAGE, "java", "catch (InsufficientScopeException e)")))
                .getConstructor()
                .newInstance();
    try (var server = ProtectedServer.guarding(servlet, origin -> settings())) {
      grant("notes:read");
      var refused = server.get("/mcp", "Authorization", "Bearer " + Secrets.token());
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.headers().firstValue("WWW-Authenticate"))
          .hasValue(documentedError().get("_meta").get("mcp/www_authenticate").get(0).textValue());
      grant("notes:write");
      assertThat(server.status(Secrets.token())).isEqualTo(200);
    }
  }

  private static String importsOf(String className) throws IOException {
    Matcher imports = IMPORT.matcher(Examples.block(PAGE, "java", "class " + className));
    StringBuilder all = new StringBuilder();
    while (imports.find()) {
      all.append(imports.group());
    }
    return all.toString();
  }

  @Test
  void everyExampleIsTested() throws Exception {
    assertThat(Pattern.compile("^```java$", Pattern.MULTILINE).matcher(Files.readString(PAGE)))
        .satisfies(blocks -> assertThat(blocks.results().count()).isEqualTo(6));
  }
}
