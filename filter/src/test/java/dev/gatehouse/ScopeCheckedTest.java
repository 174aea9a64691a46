package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.TestSettings;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Scopes that tools, prompts and resources require, on the servers of the MCP Java SDK. */
class ScopeCheckedTest {

  private static final String CHALLENGE =
      "Bearer resource_metadata=\"https://mcp.example/.well-known/oauth-protected-resource/mcp\","
          + " scope=\"notes:write mcp notes:read\", error=\"insufficient_scope\","
          + " error_description=\"The access token does not allow this\"";

  private static final Map<String, Object> CHALLENGES =
      Map.of("mcp/www_authenticate", List.of(CHALLENGE));

  private static final String MESSAGE =
      "The access token lacks the scope notes:write. Get a token that also has it, then call again.";

  @RegisterExtension final LogWatch log = new LogWatch();

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

  private interface Check {
    void with(McpSyncClient client) throws Exception;
  }

  private void run(Container container, SdkServer kind, Check... checks) throws Exception {
    assumeTrue(container.isAvailable());
    var filter =
        new McpAuthFilter(
            TestSettings.builder()
                .resource("https://mcp.example/mcp")
                .introspectionEndpoint(as.introspectionEndpoint())
                .clientAuthMethod("none")
                .requiredScopes("mcp")
                .scopesSupported("notes:read notes:write")
                .build());
    SdkServer.Running server = kind.start();
    try (var running = container.start(server.servlet(), filter, directory)) {
      for (Check check : checks) {
        try (McpSyncClient client = SdkClient.withNewToken(running.port())) {
          check.with(client);
        }
      }
    } finally {
      server.stop().run();
    }
  }

  private void grant(String scopes) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"sub\":\"alice\",\"aud\":\"https://mcp.example/mcp\",\"scope\":\"%s\"}"
                .formatted(scopes)));
  }

  private static JSONRPCError error(Runnable call) {
    return requireNonNull(catchThrowableOfType(McpError.class, call::run)).getJsonRpcError();
  }

  private static void assertMissingScope(CallToolResult result) {
    assertThat(result.isError()).isTrue();
    assertThat(SdkClient.text(result)).isEqualTo(MESSAGE);
    assertThat(result.meta()).isEqualTo(CHALLENGES);
  }

  @LogsWarning(maybe = {SdkClient.GONE, SdkClient.STREAM_FAILED})
  @ParameterizedTest
  @EnumSource(SdkServer.class)
  void aMissingScopeBecomesAToolErrorWithTheChallenge(SdkServer kind) throws Exception {
    grant("openid notes:read mcp");
    run(
        Container.JETTY_64,
        kind,
        client -> {
          for (String tool :
              List.of(SdkServer.TOOL, SdkServer.WRAPPING_TOOL, SdkServer.FAILING_MONO_TOOL)) {
            assertMissingScope(SdkClient.call(client, tool));
          }
          assertThat(log.messages("INFO"))
              .anyMatch(
                  message ->
                      message.startsWith(
                          "INFO refused: reason=scope in a handler, which requires [notes:write]:"
                              + " AuthInfo[userId=alice, clientId=null, scopes=["));
          grant("notes:write mcp");
        },
        client ->
            assertThat(SdkClient.text(SdkClient.call(client, SdkServer.TOOL))).isEqualTo("done"));
  }

  @LogsWarning(maybe = {SdkClient.GONE, SdkClient.STREAM_FAILED})
  @ParameterizedTest
  @EnumSource(value = SdkServer.class, mode = EnumSource.Mode.EXCLUDE, names = "SYNC_ON_REACTOR")
  void promptsAndResourcesRespondWithAnErrorThatHasTheChallenge(SdkServer kind) throws Exception {
    grant("notes:read mcp");
    run(
        Container.JETTY_64,
        kind,
        client -> {
          client.initialize();
          for (JSONRPCError error :
              List.of(
                  error(
                      () ->
                          client.readResource(
                              ReadResourceRequest.builder(SdkServer.RESOURCE).build())),
                  error(
                      () ->
                          client.getPrompt(GetPromptRequest.builder(SdkServer.PROMPT).build())))) {
            assertThat(error).isEqualTo(new JSONRPCError(-32600, MESSAGE, CHALLENGES));
          }
          grant("notes:write mcp");
        },
        client -> {
          assertThat(
                  client
                      .readResource(ReadResourceRequest.builder(SdkServer.RESOURCE).build())
                      .contents())
              .isEmpty();
          assertThat(
                  client.getPrompt(GetPromptRequest.builder(SdkServer.PROMPT).build()).messages())
              .isEmpty();
        });
  }

  @LogsWarning(maybe = {SdkClient.GONE, SdkClient.STREAM_FAILED})
  @ParameterizedTest
  @EnumSource(value = SdkServer.class, mode = EnumSource.Mode.EXCLUDE, names = "SYNC_ON_REACTOR")
  void otherExceptionsPassUnchanged(SdkServer kind) throws Exception {
    log.announce("Error handling request"); // by the SDK
    grant("mcp");
    run(
        Container.JETTY_64,
        kind,
        client ->
            assertThat(error(() -> SdkClient.call(client, SdkServer.BROKEN_TOOL)))
                .returns(-32603, JSONRPCError::code)
                .returns("broken", JSONRPCError::message));
  }

  /** So a forgotten wrapper costs the step-up, but lets nobody in and reveals nothing. */
  @LogsWarning(maybe = {SdkClient.GONE, SdkClient.STREAM_FAILED})
  @ParameterizedTest
  @EnumSource(value = SdkServer.class, mode = EnumSource.Mode.EXCLUDE, names = "SYNC_ON_REACTOR")
  void withoutTheWrapperAMissingScopeIsAnInternalError(SdkServer kind) throws Exception {
    log.announce("Error handling request"); // by the SDK
    grant("mcp");
    run(
        Container.JETTY_64,
        kind,
        client ->
            assertThat(error(() -> SdkClient.call(client, SdkServer.UNCHECKED_TOOL)))
                .returns(-32603, JSONRPCError::code)
                .returns(MESSAGE, JSONRPCError::message));
  }

  @LogsWarning(maybe = {SdkClient.GONE, SdkClient.STREAM_FAILED})
  @ParameterizedTest
  @CsvSource({"TOMCAT_200, done", "TOMCAT_VIRTUAL, virtual", "JETTY_VIRTUAL, virtual"})
  void handlersRunOnTheThreadsOfTheContainer(Container container, String text) throws Exception {
    for (SdkServer kind : List.of(SdkServer.SYNC, SdkServer.STATELESS_SYNC, SdkServer.ASYNC)) {
      grant("notes:read mcp");
      run(
          container,
          kind,
          client -> {
            assertMissingScope(SdkClient.call(client, SdkServer.TOOL));
            grant("notes:write mcp");
          },
          client ->
              assertThat(SdkClient.text(SdkClient.call(client, SdkServer.TOOL))).isEqualTo(text));
    }
  }
}
