package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.gatehouse.testing.Await;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The results for invalid arguments say what is wrong and what to send instead. */
class ToolInputTest {

  private static final String LONGEST = "x".repeat(Notebook.MAX_TEXT);

  private static RunningDemo demo;
  private static McpSyncClient client;

  @BeforeAll
  static void start() throws StartFailedException {
    demo = RunningDemo.start();
    client = demo.client(new Person("alice", demo));
    // Otherwise the thread that it needs would seem to be left behind by the first test.
    Await.until("the client's event stream is open", ToolInputTest::isStreamTimed);
  }

  private static boolean isStreamTimed() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("gatehouse-stream-timer"));
  }

  @AfterAll
  static void stop() {
    client.close();
    demo.close();
  }

  static Stream<Arguments> invalidCalls() {
    return Stream.of(
        arguments("no text", "add_note", Map.of(), "'text' is missing"),
        arguments("empty text", "add_note", Map.of("text", ""), "'text' is empty"),
        arguments("blank text", "add_note", Map.of("text", " \n\t "), "'text' is empty"),
        arguments("a number", "add_note", Map.of("text", 7), "'text' is not a string"),
        arguments("a list", "add_note", Map.of("text", List.of("x")), "'text' is not a string"),
        arguments("too long", "add_note", Map.of("text", LONGEST + "x"), "has 4001 characters"),
        arguments("far too long", "add_note", Map.of("text", "x".repeat(100_000)), "has 100000"),
        arguments("an extra argument", "add_note", Map.of("text", "x", "y", "z"), "and no other"),
        arguments("no id", "delete_note", Map.of(), "'id' is missing"),
        arguments("unknown id", "delete_note", Map.of("id", "x"), "no note with this id"),
        arguments("long id", "delete_note", Map.of("id", LONGEST), "has 4000 characters"),
        arguments("whoami takes none", "whoami", Map.of("x", 1), "takes no arguments"),
        arguments("list_notes takes none", "list_notes", Map.of("x", 1), "takes no arguments"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidCalls")
  void anInvalidCallIsRefusedWithTheError(
      String what, String tool, Map<String, Object> arguments, String expected) {
    CallToolResult result = RunningDemo.call(client, tool, arguments);

    assertThat(result.isError()).as(what).isTrue();
    assertThat(RunningDemo.text(result)).contains(expected).hasSizeLessThan(200);
  }

  @Test
  void theLimitCountsCharactersAndNotCodeUnits() {
    String emoji = "\uD83D\uDC18".repeat(Notebook.MAX_TEXT);

    CallToolResult result = RunningDemo.call(client, "add_note", Map.of("text", emoji));

    assertThat(result.isError()).isFalse();
    assertThat(Json.object(RunningDemo.text(result))).containsEntry("text", emoji);
  }

  @Test
  void aNoteIsReturnedAsItWasWritten() {
    String text = "'; drop table note; --\n\"\\\u0000 \u00e4\u6f22 <b>";

    CallToolResult result = RunningDemo.call(client, "add_note", Map.of("text", text));

    assertThat(Json.object(RunningDemo.text(result))).containsEntry("text", text);
  }
}
