package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A person's client gets more rights when a tool needs them, and not before. */
class StepUpTest {

  /** For a login; its tokens, which last for ten minutes, are still valid. */
  private static final Duration LONG_AGO = Duration.ofMinutes(7);

  private static final String BOTH = "consent to notes:write notes:read";

  @Test
  void aPersonIsAskedOnceForWritingWhenAToolNeedsIt() throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      Person alice = new Person("alice", demo);
      try (McpSyncClient client = demo.client(alice)) {
        assertThat(alice.seen()).containsExactly("login", "consent to notes:read");
        assertThat(RunningDemo.tools(client)).containsExactlyInAnyOrder("whoami", "list_notes");

        String id = add(client, "a note");
        assertThat(alice.seen()).containsExactly(BOTH);
        assertThat(RunningDemo.tools(client))
            .containsExactlyInAnyOrder("whoami", "list_notes", "add_note", "delete_note");

        add(client, "another one");
        assertThat(RunningDemo.text(RunningDemo.call(client, "list_notes", Map.of())))
            .contains("a note", "another one");
        assertThat(delete(client, id).isError()).as("right after the login").isFalse();
        assertThat(alice.seen()).isEmpty();
      }
    }
  }

  @Test
  void aPersonLogsInAgainToDeleteWhenTheLoginIsOlderThanFiveMinutes() throws Exception {
    var behind = new AtomicReference<>(LONG_AGO);
    try (RunningDemo demo = RunningDemo.withClock(() -> Instant.now().minus(behind.get()))) {
      Person alice = new Person("alice", demo);
      try (McpSyncClient client = demo.client(alice)) {
        String id = add(client, "a note");
        assertThat(alice.seen()).containsExactly("login", "consent to notes:read", BOTH);
        behind.set(Duration.ZERO);
        assertThat(RunningDemo.tools(client)).contains("delete_note");

        assertThat(delete(client, id).isError()).isFalse();
        assertThat(alice.seen()).containsExactly("login", BOTH);

        assertThat(delete(client, add(client, "another one")).isError()).isFalse();
        assertThat(alice.seen()).isEmpty();
      }
    }
  }

  // RFC 9470 §3
  @Test
  void aClientThatDoesNotStepUpSeesWhatEachCallNeeds() throws Exception {
    var behind = new AtomicReference<>(LONG_AGO);
    try (RunningDemo demo = RunningDemo.withClock(() -> Instant.now().minus(behind.get()))) {
      PublicClient application = PublicClient.register(demo.origin(), demo.endpoint());
      String old = application.logIn(new Browser(), "alice").access();
      behind.set(Duration.ZERO);
      String recent = application.logIn(new Browser(), "alice").access();
      try (McpSyncClient late = demo.client(old);
          McpSyncClient client = demo.client(recent)) {
        String id = add(late, "a note");

        Refusal refusal = Refusal.of(() -> delete(late, id));

        assertThat(refusal.status()).isEqualTo(401);
        assertThat(refusal.parameters())
            .containsEntry("error", "insufficient_user_authentication")
            .containsEntry("max_age", "300");
        assertThat(delete(client, id).isError()).isFalse();
      }
    }
  }

  private static String add(McpSyncClient client, String text) {
    CallToolResult result = RunningDemo.call(client, "add_note", Map.of("text", text));
    assertThat(result.isError()).isFalse();
    return Json.string(Json.object(RunningDemo.text(result)), "id");
  }

  private static CallToolResult delete(McpSyncClient client, String id) {
    return RunningDemo.call(client, "delete_note", Map.of("id", id));
  }
}
