package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.testing.StubRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MCP 2026-07-28, Streamable HTTP, "Request Metadata" and "Server Validation". */
class McpHeadersTest {

  private static final McpHeaders HEADERS = new McpHeaders(Set.copyOf(McpSettings.KNOWN_VERSIONS));

  private static final String META = "\"_meta\":{\"" + MessageParams.VERSION + "\":\"2026-07-28\"}";

  private static McpBody body(String json) {
    var outcome = McpBodyReader.parse(json.getBytes(StandardCharsets.UTF_8));
    return ((McpBodyReader.Read) outcome).body();
  }

  private static String request(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"%s\",\"params\":{%s}}"
        .formatted(method, params);
  }

  /** The reason, and the id if there is one; "fine" if the request is not refused. */
  private static String check(String json, String... headers) {
    Optional<Refusal> refusal = HEADERS.check(StubRequest.post(headers), body(json));
    return refusal
        .map(each -> each.reason() + (each.requestId() == null ? "" : " " + each.requestId()))
        .orElse("fine");
  }

  private static String[] headers(
      @Nullable String version, @Nullable String method, @Nullable String name) {
    List<String> headers = new ArrayList<>();
    if (version != null) {
      headers.addAll(List.of("mcp-protocol-version", version));
    }
    if (method != null) {
      headers.addAll(List.of("MCP-METHOD", method));
    }
    if (name != null) {
      headers.addAll(List.of("Mcp-Name", name));
    }
    return headers.toArray(new String[0]);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                      |                |                 | fine
           2025-06-18 |                |                 | fine
           2025-06-18 | tools/call     | add_note        | fine
                      | tools/call     | add_note        | fine
                      | tools/call     |                 | fine
                      |                | add_note        | fine
                      |                | =?base64?YWRkX25vdGU=?= | fine
                      |                | =?base64?YWRkX25vdGU?=  | MCP_HEADERS "a"
                      |                | =?base64?%%?=   | MCP_HEADERS "a"
                      |                | =?BASE64?YWRkX25vdGU=?= | MCP_HEADERS "a"
                      |                | Add_note        | MCP_HEADERS "a"
                      |                | 'add_note '     | MCP_HEADERS "a"
                      |                | ''              | MCP_HEADERS "a"
                      | tools/List     |                 | MCP_HEADERS "a"
                      | ''             |                 | MCP_HEADERS "a"
                      | =?base64?dG9vbHMvY2FsbA==?= |    | MCP_HEADERS "a"
                      | initialize     | add_note        | MCP_HEADERS "a"
           1999-01-01 | tools/call     | add_note        | MCP_VERSION "a"
           ''         | tools/call     | add_note        | MCP_VERSION "a"
           2025-06-18, 2025-06-18 | |                    | MCP_VERSION "a"
           2026-07-28 | tools/call     | add_note        | MCP_HEADERS "a"
          """)
  void theHeadersOfOlderRevisionsMustAgreeIfPresent(
      String version, String method, String name, String expected) {
    String json = request("tools/call", "\"name\":\"add_note\"");

    assertThat(check(json, headers(version, method, name))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
           2026-07-28 | tools/call     | add_note        | fine
           2026-07-28 | tools/call     | =?base64?YWRkX25vdGU=?= | fine
           2026-07-28 |                | add_note        | MCP_HEADERS "a"
           2026-07-28 | tools/call     |                 | MCP_HEADERS "a"
                      | tools/call     | add_note        | MCP_HEADERS "a"
           2025-11-25 | tools/call     | add_note        | MCP_HEADERS "a"
           2026-07-29 | tools/call     | add_note        | MCP_VERSION "a"
          """)
  void aStatelessCallNeedsAllHeaders(String version, String method, String name, String expected) {
    String json = request("tools/call", "\"name\":\"add_note\"," + META);

    assertThat(check(json, headers(version, method, name))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0} {2} {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
           resources/read        | "uri":"file:///a" | resources/read        | file:///a | fine
           resources/read        | "uri":"file:///a" | resources/read        |           | MCP_HEADERS "a"
           prompts/get           | "name":"p"        | prompts/get           | p         | fine
           prompts/get           | "name":"p"        | prompts/get           |           | MCP_HEADERS "a"
           prompts/get           | "name":"é"        | prompts/get           | é         | MCP_HEADERS "a"
           prompts/get           | "name":"é"        | prompts/get           | =?base64?w6k=?= | fine
           resources/subscribe   | "uri":"file:///a" | resources/subscribe   |           | fine
           resources/subscribe   | "uri":"file:///a" | resources/subscribe   | file:///a | fine
           resources/subscribe   | "uri":"file:///a" | resources/subscribe   | file:///b | MCP_HEADERS "a"
           tasks/get             | "taskId":"7"      | tasks/get             | 7         | fine
           tasks/get             | "taskId":"7"      | tasks/get             | 8         | MCP_HEADERS "a"
           tools/list            | "name":"p"        | tools/list            |           | fine
           tools/list            | "name":"p"        | tools/list            | p         | MCP_HEADERS "a"
           server/discover       | "a":1             | server/discover       |           | fine
           server/discover       | "a":1             |                       |           | MCP_HEADERS "a"
           notifications/x       | "a":1             | tools/call            |           | MCP_HEADERS "a"
           completion/complete   | "ref":{"type":"ref/prompt","name":"p"} | completion/complete | p | MCP_HEADERS "a"
           completion/complete   | "ref":{"type":"ref/prompt","name":"p"} | completion/complete |   | fine
          """)
  void otherStatelessRequests(
      String method, String params, String methodHeader, String name, String expected) {
    String json = request(method, params + "," + META);

    assertThat(check(json, headers("2026-07-28", methodHeader, name))).isEqualTo(expected);
  }

  @Test
  void aStatelessNotificationNeedsNoHeaderButHasNoWrongOne() {
    String json = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}";

    assertThat(check(json, headers("2026-07-28", null, null))).isEqualTo("fine");
    assertThat(check(json, headers("2026-07-28", "notifications/x", null))).isEqualTo("fine");
    assertThat(check(json, headers("2026-07-28", "notifications/y", null)))
        .isEqualTo("MCP_HEADERS");
  }

  @Test
  void aStatelessServerReceivesNoResponses() {
    String json = "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{}}";

    assertThat(check(json, headers("2026-07-28", null, null))).isEqualTo("MCP_BODY");
    assertThat(check(json, headers("2025-11-25", null, null))).isEqualTo("fine");
    assertThat(check(json, headers("2025-11-25", "tools/call", null))).isEqualTo("MCP_HEADERS");
    assertThat(check(json, headers(null, null, "add_note"))).isEqualTo("MCP_HEADERS");
  }

  @Test
  void initializeNegotiatesInItsBody() {
    String json = request("initialize", "\"protocolVersion\":\"1999-01-01\"");

    assertThat(check(json)).isEqualTo("fine");
    assertThat(check(json, headers("2026-07-28", null, null))).isEqualTo("fine");
    assertThat(check(json, headers("1999-01-01", null, null))).isEqualTo("MCP_VERSION \"a\"");
    assertThat(check(json, headers(null, "tools/list", null))).isEqualTo("MCP_HEADERS \"a\"");
  }

  @Test
  void batchesHaveNoHeadersAndNoStatelessRevision() {
    String json = "[" + request("tools/call", "\"name\":\"add_note\"") + "]";

    assertThat(check(json)).isEqualTo("fine");
    assertThat(check(json, headers("2025-03-26", null, null))).isEqualTo("fine");
    assertThat(check(json, headers("2026-07-28", null, null))).isEqualTo("MCP_BODY");
    assertThat(check(json, headers(null, "tools/call", null))).isEqualTo("MCP_HEADERS");
    assertThat(check(json, headers(null, null, "add_note"))).isEqualTo("MCP_HEADERS");
    assertThat(check("[" + request("ping", META) + "]")).isEqualTo("MCP_HEADERS");
  }

  @Test
  void aRepeatedHeaderIsRefusedEvenIfBothAgree() {
    String json = request("tools/call", "\"name\":\"add_note\"");

    assertThat(check(json, "Mcp-Name", "add_note", "mcp-name", "add_note"))
        .isEqualTo("MCP_HEADERS \"a\"");
    assertThat(check(json, "Mcp-Method", "tools/call", "Mcp-Method", "tools/call"))
        .isEqualTo("MCP_HEADERS \"a\"");
    assertThat(
            check(json, "MCP-Protocol-Version", "2025-06-18", "MCP-Protocol-Version", "2025-06-18"))
        .isEqualTo("MCP_VERSION \"a\"");
  }

  @Test
  void theVersionIsCheckedWithoutABody() {
    assertThat(HEADERS.checkVersion(StubRequest.of("GET"))).isEmpty();
    assertThat(HEADERS.checkVersion(StubRequest.of("GET", "MCP-Protocol-Version", "2025-11-25")))
        .isEmpty();
    assertThat(HEADERS.checkVersion(StubRequest.of("GET", "MCP-Protocol-Version", "2025-11-26")))
        .isPresent();
    assertThat(
            new McpHeaders(Set.of("2099-01-01"))
                .checkVersion(StubRequest.of("GET", "MCP-Protocol-Version", "2025-11-25")))
        .isPresent();
  }
}
