package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import dev.gatehouse.testing.LogsWarning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
          truncated       | {"jsonrpc":"2.0"                                         | 400 | -32700 |
          an empty object | {}                                                       | 400 | -32700 |
          null            | null                                                     | 400 | -32700 |
          a batch         | [{"jsonrpc":"2.0","id":1,"method":"ping"}]               | 400 | -32600 |
          not JSON        | hello                                                    | 400 | -32700 |
          a duplicate key | {"jsonrpc":"2.0","id":1,"method":"ping","method":"x"}    | 400 | -32700 |
          an escaped key  | {"jsonrpc":"2.0","id":1,"method":"x","\\u006dethod":"y"} | 400 | -32700 |
          two messages    | {"jsonrpc":"2.0","id":1,"method":"ping"} {"jsonrpc":"2"} | 400 | -32700 |
          null params     | {"jsonrpc":"2.0","id":4,"method":"tools/call","params":null} | 400 | -32700 |
          no method       | {"jsonrpc":"2.0","id":"five","method":"x"}               | 200 | -32601 | five
          no resource     | {"jsonrpc":"2.0","id":6,"method":"resources/read","params":{"uri":"notes://x"}} | 200 | -32002 | 6
          no tool         | {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x"}} | 200 | -32602 | 7
          """)
  void anInvalidMessageGetsAnErrorOfJsonRpcWithoutInternalDetails(
      String what, String message, int status, int code, @Nullable String id) throws IOException {
    RawHttp.Response response = session.post(message);

    assertThat(response.status()).as(what).isEqualTo(status);
    assertError(response, code, id);
  }

  @Test
  void anUnknownSessionIsNotFound() throws IOException {
    RawHttp.Response response =
        new McpSession(demo.port(), session.token(), "unknown")
            .post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");

    assertThat(response.status()).isEqualTo(404);
    assertNoInternalDetails(response);
    assertThat(response.body()).contains("-32001", "Session not found");
  }

  // MCP transport, Protocol Version Header
  @Test
  void anUnknownProtocolVersionIsRefused() throws IOException {
    List<String> headers = new ArrayList<>(session.sessionHeaders());
    headers.add("MCP-Protocol-Version: 1999-12-31");
    String ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    RawHttp.Response response = RawHttp.exchange(demo.port(), "POST /mcp", headers, ping);

    assertThat(response.status()).isEqualTo(400);
    assertNoInternalDetails(response);
    assertThat(response.body()).contains("\"id\":1,", "-32022");
  }

  // Only GET and DELETE have no body that says what is called.
  @ParameterizedTest
  @CsvSource({"GET, 400", "DELETE, 400", "PUT, 415", "BREW, 415"})
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

  private static void assertError(RawHttp.Response response, int code, @Nullable String id) {
    assertNoInternalDetails(response);
    String json = response.body().replaceFirst("(?s).*data: *([^\\n]*)\\n.*", "$1"); // of an event
    Map<String, Object> members = Json.object(json);
    assertThat(String.valueOf(members.get("id"))).as(json).isEqualTo(String.valueOf(id));
    assertThat(members.get("error"))
        .asInstanceOf(MAP)
        .as(json)
        .containsEntry("code", code)
        .containsKey("message");
  }

  private static void assertNoInternalDetails(RawHttp.Response response) {
    assertThat(response.body())
        .hasSizeLessThan(300)
        .doesNotContain("stackTrace", "Exception", ".java", "java.", "jackson", session.token());
    assertThat(response.body()).contains("\"error\":");
  }
}
