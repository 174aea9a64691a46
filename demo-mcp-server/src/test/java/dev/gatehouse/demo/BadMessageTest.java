package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogsWarning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the MCP endpoint answers to callers whose token is good and whose request is not. */
class BadMessageTest {

  @RegisterExtension static final SharedDemo demo = new SharedDemo();
  private static McpSession session;

  @BeforeAll
  static void start() throws Exception {
    session = McpSession.open(demo.port(), demo.token("notes:read notes:write"));
  }

  @LogsWarning(maybe = {"Failed to deserialize message", "Error handling message"})
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          cut off              | {"jsonrpc":"2.0"                                          | 400
          no message at all    | {}                                                        | 400
          null                 | null                                                      | 500
          a batch              | [{"jsonrpc":"2.0","id":1,"method":"ping"}]                | 400
          not JSON             | hello                                                     | 400
          two methods          | {"jsonrpc":"2.0","id":1,"method":"ping","method":"x"}     | 400
          two messages         | {"jsonrpc":"2.0","id":1,"method":"ping"} {"jsonrpc":"2"}  | 400
          """)
  void isRefusedWithoutAnyOfItsInsides(String what, String message, int status) throws IOException {
    RawHttp.Answer answer = session.post(message);

    assertThat(answer.status()).as(what).isEqualTo(status);
    assertTellsNothing(answer);
  }

  @Test
  void anUnknownSessionIsNotFound() throws IOException {
    RawHttp.Answer answer =
        new McpSession(demo.port(), session.token(), "unknown")
            .post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");

    assertThat(answer.status()).isEqualTo(404);
    assertTellsNothing(answer);
    assertThat(answer.body()).contains("Session not found");
  }

  @ParameterizedTest
  @CsvSource({"GET, 400", "DELETE, 400", "PUT, 405", "BREW, 501"})
  void aMethodThatNeedsMoreSaysSo(String method, int status) throws IOException {
    RawHttp.Answer answer =
        RawHttp.exchange(
            demo.port(), method + " /mcp", List.of("Authorization: Bearer " + session.token()), "");

    assertThat(answer.status()).isEqualTo(status);
    assertTellsNothing(answer);
  }

  @Test
  void aMessageBeyondTheLimitIsTooLarge() throws IOException {
    // Announced, and never sent: the answer comes before the body, and ends the connection under
    // it.
    List<String> headers = new ArrayList<>(session.sessionHeaders());
    headers.add("Content-Length: 2000000");
    RawHttp.Answer answer = RawHttp.exchange(demo.port(), "POST /mcp", headers, "");

    assertThat(answer.status()).isEqualTo(413);
    assertTellsNothing(answer);
  }

  private static void assertTellsNothing(RawHttp.Answer answer) {
    assertThat(answer.body())
        .hasSizeLessThan(300)
        .doesNotContain("stackTrace", "Exception", ".java", "java.", "jackson", session.token());
    assertThat(answer.body()).contains("\"error\":");
  }
}
