package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The whole flow with the client of the MCP Java SDK. */
class EndToEndTest {

  @Test
  void aRefusedClientCanDiscoverEverythingFromTheResponses() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      String metadataUri = refusal(demo, Optional.empty()).parameter("resource_metadata");
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
        // Deleting needs a recent login, which a client that acts for itself never has.
        assertThat(RunningDemo.tools(client))
            .containsExactlyInAnyOrder("whoami", "list_notes", "add_note");
        assertThat(Json.object(RunningDemo.text(whoami(client))))
            .containsEntry("clientId", "demo-client")
            .containsEntry("scopes", List.of("notes:read", "notes:write"));

        assertThat(authorizationServer.revoke(token)).isEqualTo(200);
        assertThat(Refusal.of(() -> whoami(client)).status()).isEqualTo(401);
      }
      assertThat(refusal(demo, Optional.of(token)).parameter("error")).isEqualTo("invalid_token");
    }
  }

  @Test
  void aUserLogsInWithAClientThatKnowsOnlyTheAddress() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      String metadataUri = refusal(demo, Optional.empty()).parameter("resource_metadata");
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
        assertThat(Refusal.of(() -> whoami(client)).status()).isEqualTo(401);
      }
      assertThat(application.refreshResponse(second).statusCode()).isEqualTo(400);
      assertThat(refusal(demo, Optional.of(second.access())).parameter("error"))
          .isEqualTo("invalid_token");
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
        McpSyncClient client =
            demo.client(
                PublicClient.register(demo.origin(), demo.endpoint())
                    .logIn(new Browser(), "alice")
                    .access())) {
      assertThat(client.listTools().tools())
          .hasSize(4)
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

  private static Refusal refusal(RunningDemo demo, Optional<String> token) {
    try (McpSyncClient client = demo.uninitializedClient(token)) {
      Refusal refusal = Refusal.of(client::initialize);
      assertThat(refusal.status()).isEqualTo(401);
      return refusal;
    }
  }
}
