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

/** Responses of the MCP endpoint to invalid requests with a valid token. */
class InvalidMessageTest {

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
          truncated            | {"jsonrpc":"2.0"                                          | 400
          an empty object      | {}                                                        | 400
          null                 | null                                                      | 500
          a batch              | [{"jsonrpc":"2.0","id":1,"method":"ping"}]                | 400
          not JSON             | hello                                                     | 400
          a duplicate key      | {"jsonrpc":"2.0","id":1,"method":"ping","method":"x"}     | 400
          two messages         | {"jsonrpc":"2.0","id":1,"method":"ping"} {"jsonrpc":"2"}  | 400
          """)
  void anInvalidMessageIsRefusedWithoutInternalDetails(String what, String message, int status)
      throws IOException {
    RawHttp.Response response = session.post(message);

    assertThat(response.status()).as(what).isEqualTo(status);
    assertNoInternalDetails(response);
  }

  @Test
  void anUnknownSessionIsNotFound() throws IOException {
    RawHttp.Response response =
        new McpSession(demo.port(), session.token(), "unknown")
            .post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");

    assertThat(response.status()).isEqualTo(404);
    assertNoInternalDetails(response);
    assertThat(response.body()).contains("Session not found");
  }

  @ParameterizedTest
  @CsvSource({"GET, 400", "DELETE, 400", "PUT, 405", "BREW, 501"})
  void anIncompleteOrUnknownMethodIsRefused(String method, int status) throws IOException {
    RawHttp.Response response =
        RawHttp.exchange(
            demo.port(), method + " /mcp", List.of("Authorization: Bearer " + session.token()), "");

    assertThat(response.status()).isEqualTo(status);
    assertNoInternalDetails(response);
  }

  @Test
  void aMessageBeyondTheLimitIsRefusedWith413() throws IOException {
    // The body is never sent: the response precedes it and closes the connection.
    List<String> headers = new ArrayList<>(session.sessionHeaders());
    headers.add("Content-Length: 2000000");
    RawHttp.Response response = RawHttp.exchange(demo.port(), "POST /mcp", headers, "");

    assertThat(response.status()).isEqualTo(413);
    assertNoInternalDetails(response);
  }

  private static void assertNoInternalDetails(RawHttp.Response response) {
    assertThat(response.body())
        .hasSizeLessThan(300)
        .doesNotContain("stackTrace", "Exception", ".java", "java.", "jackson", session.token());
    assertThat(response.body()).contains("\"error\":");
  }
}
