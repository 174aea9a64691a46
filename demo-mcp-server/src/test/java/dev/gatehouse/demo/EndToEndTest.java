package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.McpHttpClientTransportAuthorizationException;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The whole flow with the client of the MCP Java SDK. */
class EndToEndTest {

  @Test
  void aRefusedClientCanDiscoverEverythingFromTheResponses() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      String metadataUri = resourceMetadata(refusal(demo, Optional.empty()));
      Map<String, Object> resource = Json.object(TokenEndpoint.get(metadataUri).body());
      assertThat(resource).containsEntry("resource", demo.endpoint());

      String issuer = (String) Json.list(resource, "authorization_servers").get(0);
      Map<String, Object> metadata =
          Json.object(TokenEndpoint.get(issuer + "/.well-known/oauth-authorization-server").body());
      assertThat(metadata).containsEntry("issuer", issuer);

      var authorizationServer =
          new TokenEndpoint(
              Json.string(metadata, "token_endpoint"),
              Json.string(metadata, "revocation_endpoint"));
      String token =
          authorizationServer.token("notes:read notes:write", Json.string(resource, "resource"));

      try (McpSyncClient client = demo.client(token)) {
        assertThat(client.listTools().tools())
            .extracting(Tool::name)
            .containsExactlyInAnyOrder("whoami", "list_notes", "add_note", "delete_note");
        assertThat(Json.object(RunningDemo.text(whoami(client))))
            .containsEntry("clientId", "demo-client")
            .containsEntry("scopes", List.of("notes:read", "notes:write"));

        assertThat(authorizationServer.revoke(token)).isEqualTo(200);
        McpHttpClientTransportAuthorizationException refused = refusalOf(() -> whoami(client));
        assertThat(refused.getResponseInfo().statusCode()).isEqualTo(401);
      }
      assertThat(refusal(demo, Optional.of(token)).firstValue("WWW-Authenticate").orElseThrow())
          .contains("error=\"invalid_token\"");
    }
  }

  @Test
  void aUserLogsInWithAClientThatKnowsOnlyTheAddress() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      String metadataUri = resourceMetadata(refusal(demo, Optional.empty()));
      Map<String, Object> resource = Json.object(TokenEndpoint.get(metadataUri).body());
      PublicClient application =
          PublicClient.register(
              (String) Json.list(resource, "authorization_servers").get(0),
              Json.string(resource, "resource"));
      PublicClient.Tokens first = application.logIn(new Browser(), "alice");

      try (McpSyncClient client = demo.client(first.access())) {
        assertThat(Json.object(RunningDemo.text(whoami(client))))
            .containsEntry("userId", "alice")
            .containsEntry("scopes", List.of("notes:read", "notes:write"));
      }

      PublicClient.Tokens second = application.refresh(first);
      try (McpSyncClient client = demo.client(second.access())) {
        assertThat(Json.object(RunningDemo.text(whoami(client)))).containsEntry("userId", "alice");

        assertThat(application.revoke(second.refresh())).isEqualTo(200);
        assertThat(refusalOf(() -> whoami(client)).getResponseInfo().statusCode()).isEqualTo(401);
      }
      assertThat(application.refreshResponse(second).statusCode()).isEqualTo(400);
      assertThat(refusal(demo, Optional.of(second.access())).firstValue("WWW-Authenticate"))
          .hasValueSatisfying(challenge -> assertThat(challenge).contains("invalid_token"));
    }
  }

  @Test
  void usersWhoLogInSeeOnlyTheirOwnNotes() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      PublicClient application = PublicClient.register(demo.origin(), demo.endpoint());
      try (McpSyncClient alice = demo.client(application.logIn(new Browser(), "alice").access());
          McpSyncClient bob = demo.client(application.logIn(new Browser(), "bob").access())) {
        RunningDemo.call(alice, "add_note", Map.of("text", "of alice"));
        RunningDemo.call(bob, "add_note", Map.of("text", "of bob"));

        assertThat(RunningDemo.text(RunningDemo.call(alice, "list_notes", Map.of())))
            .contains("of alice")
            .doesNotContain("of bob");
        assertThat(RunningDemo.text(RunningDemo.call(bob, "list_notes", Map.of())))
            .contains("of bob")
            .doesNotContain("of alice");
      }
    }
  }

  @Test
  void whoamiReturnsTheSameTextAndStructuredContent() throws Exception {
    try (RunningDemo demo = RunningDemo.start();
        McpSyncClient client = demo.client(demo.token("notes:read"))) {
      CallToolResult result = whoami(client);

      assertThat(result.isError()).isFalse();
      assertThat(result.structuredContent())
          .isEqualTo(Json.object(RunningDemo.text(result)))
          .asInstanceOf(MAP)
          .containsOnlyKeys("userId", "clientId", "scopes")
          .containsEntry("scopes", List.of("notes:read"));
    }
  }

  @Test
  void everyToolHasASchemaAndAnnotations() throws Exception {
    try (RunningDemo demo = RunningDemo.start();
        McpSyncClient client = demo.client(demo.token("notes:read"))) {
      assertThat(client.listTools().tools())
          .allSatisfy(
              tool -> {
                assertThat(tool.description()).isNotBlank();
                assertThat(tool.inputSchema()).containsEntry("additionalProperties", false);
                assertThat(tool.annotations().readOnlyHint())
                    .isEqualTo(Stream.of("whoami", "list_notes").anyMatch(tool.name()::equals));
                assertThat(tool.annotations().destructiveHint())
                    .isEqualTo(tool.name().equals("delete_note"));
              });
    }
  }

  private static CallToolResult whoami(McpSyncClient client) {
    return RunningDemo.call(client, "whoami", Map.of());
  }

  private static HttpHeaders refusal(RunningDemo demo, Optional<String> token) {
    McpSyncClient client = demo.uninitializedClient(token);
    try (client) {
      McpHttpClientTransportAuthorizationException refused = refusalOf(client::initialize);
      assertThat(refused.getResponseInfo().statusCode()).isEqualTo(401);
      return refused.getResponseInfo().headers();
    }
  }

  private static McpHttpClientTransportAuthorizationException refusalOf(Runnable call) {
    RuntimeException thrown = catchThrowableOfType(RuntimeException.class, call::run);
    return Stream.<Throwable>iterate(thrown, cause -> cause != null, Throwable::getCause)
        .filter(McpHttpClientTransportAuthorizationException.class::isInstance)
        .map(McpHttpClientTransportAuthorizationException.class::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError("not refused", thrown));
  }

  private static String resourceMetadata(HttpHeaders headers) {
    Matcher parameter =
        Pattern.compile("resource_metadata=\"([^\"]+)\"")
            .matcher(headers.firstValue("WWW-Authenticate").orElseThrow());
    assertThat(parameter.find()).isTrue();
    return parameter.group(1);
  }
}
