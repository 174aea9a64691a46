package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.TestSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients never send, over real sockets: only what the rules allow is executed. */
class McpRulesOnContainersTest {

  private static final String RULES =
      """
      tool delete_note:    notes:write
      tool *:              notes:read
      resource notes://*:  notes:read
      resource secret://*: admin
      method prompts/list: admin
      """;

  private static final String READ = call("tools/call", "\"name\":\"list_notes\"");
  private static final String DELETE = call("tools/call", "\"name\":\"delete_note\"");

  @TempDir Path directory;

  /** Sent as ISO 8859-1, so that any byte can be written. */
  private record Case(String name, List<String> headers, String body, int status, String executed) {

    static Case of(String name, String body, int status, String... executed) {
      return new Case(name, List.of(), body, status, String.join(",", executed));
    }

    Case with(String... lines) {
      return new Case(name, List.of(lines), body, status, executed);
    }
  }

  private static String call(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":{%s}}"
        .formatted(method, params);
  }

  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static List<Case> cases() throws IOException {
    String long1 = "x".repeat(1 << 20);
    List<Case> cases = new ArrayList<>();
    cases.addAll(
        List.of(
            Case.of("allowed", READ, 200, "tools/call list_notes"),
            Case.of("not allowed", DELETE, 403),
            Case.of("no rule", call("prompts/get", "\"name\":\"p\""), 200, "prompts/get p"),
            Case.of("method", call("prompts/list", ""), 403),
            Case.of("resource", call("resources/read", "\"uri\":\"secret://a\""), 403),
            Case.of(
                "other resource",
                call("resources/read", "\"uri\":\"notes://a b/\\u00e9\""),
                200,
                "resources/read notes://a b/é"),
            Case.of("escaped key", DELETE.replace("method", "\\u006dethod"), 403),
            Case.of("escaped name", DELETE.replace("delete_note", "delete\\u005fnote"), 403),
            Case.of("escaped method", DELETE.replace("tools/call", "tools\\/call"), 403),
            Case.of("two methods", READ.replace("\"id\"", "\"method\":\"x\",\"id\""), 400),
            Case.of(
                "two methods, one escaped",
                READ.replace("\"id\"", "\"\\u006dethod\":\"x\",\"id\""),
                400),
            Case.of("two params", DELETE.replace("\"id\"", "\"params\":{},\"id\""), 400),
            Case.of(
                "two names", call("tools/call", "\"name\":\"a\",\"name\":\"delete_note\""), 400),
            Case.of(
                "two names, one escaped",
                call("tools/call", "\"name\":\"delete_note\",\"n\\u0061me\":\"a\""),
                400),
            Case.of("other case of a key", DELETE.replace("method", "Method"), 400),
            Case.of(
                "both cases of a key",
                call("tools/call", "\"name\":\"a\",\"Name\":\"delete_note\""),
                400),
            Case.of(
                "name nested deeper",
                call("tools/call", "\"arguments\":{\"name\":\"a\"},\"name\":\"delete_note\""),
                403),
            Case.of(
                "other name nested deeper",
                call("tools/call", "\"name\":\"a\",\"arguments\":{\"name\":\"delete_note\"}"),
                200,
                "tools/call a"),
            Case.of(
                "other case of a name",
                call("tools/call", "\"name\":\"Delete_note\""),
                200,
                "tools/call Delete_note"),
            Case.of(
                "space after a name",
                call("tools/call", "\"name\":\"delete_note \""),
                200,
                "tools/call delete_note "),
            Case.of(
                "look-alike",
                utf8(call("tools/call", "\"name\":\"delete_n\u043ete\"")),
                200,
                "tools/call delete_n\u043ete"),
            Case.of("slash", call("tools/call", "\"name\":\"a/b\""), 200, "tools/call a/b"),
            Case.of(
                "one megabyte",
                call("tools/call", "\"name\":\"" + long1 + "\""),
                200,
                "tools/call " + long1)));
    cases.addAll(
        List.of(
            Case.of("no name", call("tools/call", "\"arguments\":{}"), 400),
            Case.of("name is a number", call("tools/call", "\"name\":1"), 400),
            Case.of("trailing data", READ + DELETE, 400),
            Case.of("empty", "", 400),
            Case.of("no JSON", "delete_note", 400),
            Case.of("not complete", READ.substring(0, READ.length() - 1), 400),
            Case.of("byte order mark", "\u00ef\u00bb\u00bf" + READ, 400),
            Case.of("invalid UTF-8", READ.replace("list", "li\u00c0\u00afst"), 400),
            Case.of(
                "UTF-16",
                new String(READ.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1),
                400),
            Case.of("another charset", READ, 415)
                .with("Content-Type: application/json; charset=ISO-8859-1"),
            Case.of("another type", READ, 415).with("Content-Type: text/plain"),
            Case.of("no type", READ, 415).with("X-Nothing: here"),
            Case.of("charset", READ, 200, "tools/call list_notes")
                .with("Content-Type: application/json; charset=\"Utf-8\""),
            Case.of("content coding", gzip(DELETE), 415)
                .with("Content-Type: application/json", "Content-Encoding: gzip"),
            Case.of(
                "batch",
                "[" + READ + "," + READ + "]",
                200,
                "tools/call list_notes",
                "tools/call list_notes"),
            Case.of("batch that is not allowed", "[" + READ + "," + DELETE + "]", 403),
            Case.of("batch in a batch", "[[" + DELETE + "]]", 400),
            Case.of("empty batch", "[]", 400),
            Case.of(
                "notification",
                "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
                200,
                "notifications/initialized"),
            Case.of("response", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}", 200)));
    String json = "Content-Type: application/json";
    cases.addAll(
        List.of(
            Case.of("headers agree", READ, 200, "tools/call list_notes")
                .with(json, "Mcp-Method: tools/call", "Mcp-Name: list_notes"),
            Case.of("method header differs", DELETE, 400)
                .with(json, "Mcp-Method: tools/list", "Mcp-Name: delete_note"),
            Case.of("name header differs", DELETE, 400)
                .with(json, "Mcp-Method: tools/call", "Mcp-Name: list_notes"),
            Case.of("name header in Base64", READ, 200, "tools/call list_notes")
                .with(json, "Mcp-Name: =?base64?bGlzdF9ub3Rlcw==?="),
            Case.of("name header in Base64 differs", DELETE, 400)
                .with(json, "Mcp-Name: =?base64?bGlzdF9ub3Rlcw==?="),
            Case.of("two name headers", DELETE, 400)
                .with(json, "Mcp-Name: delete_note", "Mcp-Name: list_notes"),
            Case.of("unsupported version", READ, 400)
                .with(json, "MCP-Protocol-Version: 1999-01-01"),
            Case.of("version is no date", READ, 400).with(json, "MCP-Protocol-Version: latest"),
            Case.of("required headers are missing", READ, 400)
                .with(json, "MCP-Protocol-Version: 2026-07-28")));
    return cases;
  }

  private static String gzip(String text) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(compressed)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return compressed.toString(StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Container.class,
      names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_16"})
  void onlyWhatTheRulesAllowIsExecuted(Container container) throws Exception {
    ExecutingServlet servlet = new ExecutingServlet();
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        Container.Running running = container.start(servlet, filter(as), directory)) {
      SoftAssertions all = new SoftAssertions();
      for (Case each : cases()) {
        for (String framing : List.of("length", "chunks")) {
          RawResponse response = RawClient.send(running.port(), request(each, framing));
          all.assertThat(response.status())
              .as("%s with %s: %s", each.name(), framing, response)
              .isEqualTo(each.status());
          all.assertThat(String.join(",", servlet.executed()))
              .as("%s with %s, executed", each.name(), framing)
              .isEqualTo(each.executed());
        }
      }
      all.assertAll();
    }
  }

  /** Tomcat failed with 500, because the challenge did not fit into its buffer. */
  @ParameterizedTest
  @EnumSource(
      value = Container.class,
      names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_16"})
  void aBatchThatNeedsMoreScopesThanAHeaderCanHoldIsChallenged(Container container)
      throws Exception {
    StringBuilder rules = new StringBuilder();
    List<String> calls = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      rules.append("tool t%d: a-scope-with-quite-a-long-name-%d\n".formatted(i, i));
      calls.add(call("tools/call", "\"name\":\"t" + i + "\""));
    }
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        Container.Running running =
            container.start(new ExecutingServlet(), filter(as, rules.toString()), directory)) {
      String batch = "[" + String.join(",", calls) + "]";
      RawResponse response =
          RawClient.send(running.port(), request(Case.of("batch", batch, 403), "length"));
      assertThat(response.status()).isEqualTo(403);
      assertThat(response.header("WWW-Authenticate"))
          .singleElement()
          .asString()
          .contains("a-scope-with-quite-a-long-name-0 ")
          .hasSizeLessThan(4096);
    }
  }

  private static McpAuthFilter filter(FakeAuthorizationServer as) {
    return filter(as, RULES);
  }

  private static McpAuthFilter filter(FakeAuthorizationServer as, String rules) {
    as.introspection(
        json(
            200,
            "{\"active\":true,\"sub\":\"u\",\"aud\":\"http://127.0.0.1/mcp\",\"scope\":\"notes:read"
                + "\",\"token_type\":\"Bearer\"}"));
    return new McpAuthFilter(
        TestSettings.builder()
            .resource("http://127.0.0.1/mcp")
            .issuer(as.issuer())
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientAuthMethod("none")
            .set("mcp-rules", rules)
            .build());
  }

  private static String request(Case each, String framing) {
    List<String> lines = new ArrayList<>(List.of("Authorization: Bearer some-token"));
    lines.addAll(
        each.headers().isEmpty() ? List.of("Content-Type: application/json") : each.headers());
    lines.add("Accept: application/json, text/event-stream");
    if (framing.equals("length")) {
      lines.add("Content-Length: " + each.body().length());
      return RawClient.request("POST /mcp", lines) + each.body();
    }
    lines.add("Transfer-Encoding: chunked");
    lines.add("Trailer: X-Trailer");
    return RawClient.request("POST /mcp", lines) + chunks(each.body());
  }

  /** Small bodies byte by byte. */
  private static String chunks(String body) {
    int size = body.length() < 1000 ? 1 : 65_536;
    StringBuilder chunked = new StringBuilder();
    for (int at = 0; at < body.length(); at += size) {
      String chunk = body.substring(at, Math.min(body.length(), at + size));
      chunked
          .append(Integer.toHexString(chunk.length()))
          .append("\r\n")
          .append(chunk)
          .append("\r\n");
    }
    return chunked.append("0\r\nX-Trailer: ignored\r\n\r\n").toString();
  }

  @ParameterizedTest
  @EnumSource(
      value = Container.class,
      names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_16"})
  void aRefusalNamesEverythingThatTheCallNeeds(Container container) throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        Container.Running running =
            container.start(new ExecutingServlet(), filter(as), directory)) {
      String batch =
          "[" + String.join(",", Arrays.asList(DELETE, READ, call("prompts/list", ""))) + "]";
      RawResponse response =
          RawClient.send(running.port(), request(Case.of("batch", batch, 403), "length"));
      assertThat(response.status()).isEqualTo(403);
      assertThat(response.header("WWW-Authenticate"))
          .singleElement()
          .asString()
          .contains(
              "resource_metadata=\"http://127.0.0.1/.well-known/oauth-protected-resource/mcp\"",
              "error=\"insufficient_scope\"")
          .containsPattern("scope=\"[^\"]*notes:write")
          .containsPattern("scope=\"[^\"]*notes:read")
          .containsPattern("scope=\"[^\"]*admin");
    }
  }
}
