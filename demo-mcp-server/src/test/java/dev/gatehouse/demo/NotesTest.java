package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.LogsWarning;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The notes of several callers, through their MCP clients. */
class NotesTest {

  private static final String WRITE = "\"scope\":\"notes:read notes:write\",";

  private static ScriptedIntrospection introspection;
  private static RunningDemo demo;

  @BeforeAll
  static void start() throws Exception {
    introspection = new ScriptedIntrospection();
    demo = RunningDemo.start(introspection.environment());
  }

  @AfterAll
  static void stop() {
    demo.close();
    introspection.close();
  }

  @Test
  void aUserSeesOnlyTheirOwnNotes() {
    try (McpSyncClient alice = user("alice", "\"sub\":\"alice\",\"client_id\":\"app\"");
        McpSyncClient bob = user("bob", "\"sub\":\"bob\",\"client_id\":\"app\"")) {
      String id = add(alice, "for Alice alone");

      assertThat(notes(alice)).extracting("text").contains("for Alice alone");
      assertThat(notes(bob)).isEmpty();
      assertThat(read(alice, id)).isEqualTo("for Alice alone");

      // The result for another user's note equals that for a note that does not exist.
      assertThat(RunningDemo.call(bob, "delete_note", Map.of("id", id)))
          .isEqualTo(RunningDemo.call(bob, "delete_note", Map.of("id", "no-such-note")))
          .extracting(CallToolResult::isError)
          .isEqualTo(true);
      assertThatThrownBy(() -> read(bob, id)).hasMessageContaining("not found");
      assertThatThrownBy(() -> read(bob, "no-such-note")).hasMessageContaining("not found");

      assertThat(RunningDemo.call(alice, "delete_note", Map.of("id", id)).isError()).isFalse();
      assertThat(notes(alice)).isEmpty();
    }
  }

  @Test
  void aClientAndAUserWithTheSameNameHaveSeparateNotes() {
    try (McpSyncClient user = client("user", "\"sub\":\"robot\",\"client_id\":\"app\"");
        McpSyncClient robot = client("robot", "\"client_id\":\"robot\"");
        McpSyncClient itself = client("sub", "\"sub\":\"robot\",\"client_id\":\"robot\"")) {
      add(user, "of the user");
      add(robot, "of the client");

      assertThat(notes(user)).extracting("text").containsExactly("of the user");
      assertThat(notes(robot)).extracting("text").containsExactly("of the client");
      assertThat(whoami(robot)).containsEntry("userId", null).containsEntry("clientId", "robot");
      assertThat(notes(itself)).isEqualTo(notes(robot));
      assertThat(whoami(itself)).isEqualTo(whoami(robot));
      assertThat(whoami(user)).containsEntry("userId", "robot").containsEntry("clientId", "app");
    }
  }

  @Test
  void aUserHasTheSameNotesInEveryClient() {
    try (McpSyncClient one = client("one", "\"sub\":\"carol\",\"client_id\":\"one\"");
        McpSyncClient two = client("two", "\"sub\":\"carol\",\"client_id\":\"two\"")) {
      add(one, "written with one");

      assertThat(notes(two)).extracting("text").containsExactly("written with one");
    }
  }

  @Test
  void toolsThatWriteAreHiddenAndRefusedWithoutTheirScope() {
    try (McpSyncClient reader = clientWith("reader", "\"scope\":\"notes:read\",\"sub\":\"dave\"")) {
      assertThat(RunningDemo.tools(reader)).containsExactlyInAnyOrder("whoami", "list_notes");
      for (var call :
          Map.of("add_note", Map.of("text", "x"), "delete_note", Map.of("id", "x")).entrySet()) {
        Refusal refusal =
            Refusal.of(() -> RunningDemo.call(reader, call.getKey(), Map.copyOf(call.getValue())));

        assertThat(refusal.status()).isEqualTo(403);
        assertThat(refusal.parameter("error")).isEqualTo("insufficient_scope");
        assertThat(refusal.scopes()).containsExactly("notes:write", "notes:read");
      }
      assertThat(notes(reader)).isEmpty();
    }
  }

  @Test
  void readingRequiresAScopeAndWhoamiRequiresNone() {
    try (McpSyncClient writer =
        clientWith("writer", "\"scope\":\"notes:write\",\"sub\":\"erin\"")) {
      assertThat(RunningDemo.tools(writer))
          .containsExactlyInAnyOrder("whoami", "add_note", "delete_note");
      assertThat(writer.listResourceTemplates().resourceTemplates()).isEmpty();
      for (Runnable read :
          List.<Runnable>of(
              () -> RunningDemo.call(writer, "list_notes", Map.of()), () -> read(writer, "x"))) {
        Refusal refusal = Refusal.of(read);

        assertThat(refusal.status()).isEqualTo(403);
        assertThat(refusal.scopes()).containsExactlyInAnyOrder("notes:read", "notes:write");
      }
      assertThat(RunningDemo.text(RunningDemo.call(writer, "whoami", Map.of()))).contains("erin");
    }
  }

  @Test
  void deletingRequiresALoginOfTheLastFiveMinutes() {
    String carol = WRITE + "\"sub\":\"carol\",\"client_id\":\"app\"";
    long old = Instant.now().minus(Duration.ofMinutes(10)).getEpochSecond();
    try (McpSyncClient late = clientWith("late", carol + ",\"auth_time\":" + old);
        McpSyncClient unknown = clientWith("unknown", carol);
        McpSyncClient recent = user("recent", "\"sub\":\"carol\",\"client_id\":\"app\"")) {
      String id = add(late, "written late");
      for (McpSyncClient client : List.of(late, unknown)) {
        assertThat(RunningDemo.tools(client)).as("Carol can log in again").contains("delete_note");
        Refusal refusal =
            Refusal.of(() -> RunningDemo.call(client, "delete_note", Map.of("id", id)));

        assertThat(refusal.status()).isEqualTo(401);
        assertThat(refusal.parameter("error")).isEqualTo("insufficient_user_authentication");
        assertThat(refusal.parameter("max_age")).isEqualTo("300");
        assertThat(refusal.scopes()).containsExactlyInAnyOrder("notes:read", "notes:write");
      }
      assertThat(RunningDemo.call(recent, "delete_note", Map.of("id", id)).isError()).isFalse();
    }
  }

  @Test
  void aClientThatActsForItselfDoesNotSeeHowToDelete() {
    try (McpSyncClient robot = client("machine", "\"client_id\":\"machine\"")) {
      assertThat(RunningDemo.tools(robot))
          .containsExactlyInAnyOrder("whoami", "list_notes", "add_note");
    }
  }

  @LogsWarning("user_unknown: a user's token has no sub")
  @Test
  void aUserWithoutSubHasNoNotesAndSeesNobodys() {
    try (McpSyncClient client = client("itself", "\"client_id\":\"shared-app\"");
        McpSyncClient alice =
            client("sid", "\"client_id\":\"shared-app\",\"username\":\"alice\",\"sid\":\"1\"");
        McpSyncClient bob =
            user("name", "\"client_id\":\"shared-app\",\"username\":\"bob\",\"sid\":\"2\"")) {
      String id = add(client, "of the client itself");

      CallToolResult added = RunningDemo.call(alice, "add_note", Map.of("text", "of Alice"));
      assertThat(added.isError()).isTrue();
      assertThat(RunningDemo.text(added)).contains("neither a user nor a client");
      assertThat(RunningDemo.call(bob, "list_notes", Map.of()).isError()).isTrue();
      assertThat(RunningDemo.call(bob, "delete_note", Map.of("id", id)).isError()).isTrue();
      assertThatThrownBy(() -> read(bob, id)).hasMessageContaining("not found");
      assertThat(notes(client)).extracting("text").containsExactly("of the client itself");
    }
  }

  @Test
  void aTokenWithoutUserAndClientHasNoNotes() {
    try (McpSyncClient anonymous =
        clientWith("anonymous", "\"scope\":\"notes:read notes:write\"")) {
      CallToolResult result = RunningDemo.call(anonymous, "list_notes", Map.of());

      assertThat(result.isError()).isTrue();
      assertThat(RunningDemo.text(result)).contains("neither a user nor a client");
    }
  }

  @Test
  void aFullNotebookRefusesNotesUntilOneIsDeleted() {
    try (McpSyncClient hoarder = user("hoarder", "\"sub\":\"hoarder\"")) {
      String first = add(hoarder, "first");
      for (int i = 1; i < Notebook.MAX_NOTES; i++) {
        add(hoarder, "note " + i);
      }

      CallToolResult result = RunningDemo.call(hoarder, "add_note", Map.of("text", "one more"));
      assertThat(result.isError()).isTrue();
      assertThat(RunningDemo.text(result)).contains("full");

      RunningDemo.call(hoarder, "delete_note", Map.of("id", first));
      add(hoarder, "one more");
      assertThat(notes(hoarder)).hasSize(Notebook.MAX_NOTES);
    }
  }

  /** A client whose user has just logged in. */
  private static McpSyncClient user(String token, String members) {
    return client(token, members + ",\"auth_time\":" + Instant.now().getEpochSecond());
  }

  private static McpSyncClient client(String token, String members) {
    return clientWith(token, WRITE + members);
  }

  private static McpSyncClient clientWith(String token, String members) {
    return demo.client(introspection.active(token, members));
  }

  private static String add(McpSyncClient client, String text) {
    CallToolResult result = RunningDemo.call(client, "add_note", Map.of("text", text));
    assertThat(result.isError()).isFalse();
    return Json.string(Json.object(RunningDemo.text(result)), "id");
  }

  private static List<?> notes(McpSyncClient client) {
    CallToolResult result = RunningDemo.call(client, "list_notes", Map.of());
    return Json.list(Json.object(RunningDemo.text(result)), "notes");
  }

  private static Map<String, Object> whoami(McpSyncClient client) {
    return Json.object(RunningDemo.text(RunningDemo.call(client, "whoami", Map.of())));
  }

  private static String read(McpSyncClient client, String id) {
    return ((TextResourceContents)
            client
                .readResource(ReadResourceRequest.builder("notes://" + id).build())
                .contents()
                .get(0))
        .text();
  }
}
