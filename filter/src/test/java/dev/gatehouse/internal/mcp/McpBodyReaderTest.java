package dev.gatehouse.internal.mcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.internal.mcp.McpBodyReader.Outcome;
import dev.gatehouse.internal.mcp.McpBodyReader.Read;
import dev.gatehouse.internal.mcp.McpBodyReader.Unreadable;
import dev.gatehouse.internal.mcp.McpMessage.Kind;
import dev.gatehouse.internal.mcp.McpMessage.Target;
import dev.gatehouse.internal.token.Reason;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class McpBodyReaderTest {

  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"a\"}}";

  private static McpBody read(String json) {
    Outcome outcome = McpBodyReader.parse(json.getBytes(UTF_8));
    assertThat(outcome).as(json).isInstanceOf(Read.class);
    return ((Read) outcome).body();
  }

  private static McpMessage message(String json) {
    McpBody body = read(json);
    assertThat(body.batch()).isFalse();
    assertThat(body.messages()).hasSize(1);
    return body.messages().get(0);
  }

  private static void assertUnreadable(byte[] bytes) {
    Outcome outcome = McpBodyReader.parse(bytes);
    assertThat(outcome).isInstanceOf(Unreadable.class);
    assertThat(((Unreadable) outcome).refusal().reason()).isEqualTo(Reason.MCP_BODY);
  }

  /** A request with {@code '} for {@code "}. */
  private static String request(String method, String params) {
    return "{'jsonrpc':'2.0','id':1,'method':'%s','params':%s}"
        .formatted(method, params)
        .replace('\'', '"');
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          tools/call            | {'name':'a'}                                    | TOOL     | a
          tools/call            | {'arguments':{'name':'b'},'name':'a'}           | TOOL     | a
          tools/call            | {'name':'a','arguments':{'NAME':1,'x':{'name':2}}} | TOOL  | a
          tools/call            | {'\\u006eame':'\\u0061'}                        | TOOL     | a
          tools/call            | {'name':'a/b c\\ud83d\\ude00'}                  | TOOL     | a/b c😀
          tools/call            | {'name':''}                                     | TOOL     | ``
          tools/call            | {'name':'a','uri':'b','_meta':null}             | TOOL     | a
          prompts/get           | {'name':'p','arguments':{}}                     | PROMPT   | p
          resources/read        | {'uri':'file:///x'}                             | RESOURCE | file:///x
          resources/subscribe   | {'uri':'file:///x'}                             | RESOURCE | file:///x
          resources/unsubscribe | {'uri':'file:///x'}                             | RESOURCE | file:///x
          completion/complete   | {'ref':{'type':'ref/prompt','name':'p'}}        | PROMPT   | p
          completion/complete   | {'ref':{'uri':'u','type':'ref/resource'}}       | RESOURCE | u
          tools/list            | {'name':'a','uri':1,'ref':2,'Name':3}           |          |
          Tools/call            | {'name':'a'}                                    |          |
          tools/call/           | {'name':'a'}                                    |          |
          ping                  | null                                            |          |
          ping                  | {}                                              |          |
          """)
  void theNameOfACall(String method, String params, Target target, String name) {
    McpMessage message = message(request(method, params));

    assertThat(message.kind()).isEqualTo(Kind.REQUEST);
    assertThat(message.method()).isEqualTo(method);
    assertThat(message.target()).isEqualTo(target);
    assertThat(message.name()).isEqualTo(name);
    assertThat(message.protocolVersion()).isNull();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          tools/call          | {}
          tools/call          | null
          tools/call          | ['a']
          ping                | []
          ping                | 'x'
          ping                | 1
          tools/call          | {'name':1}
          tools/call          | {'name':null}
          tools/call          | {'name':['a']}
          tools/call          | {'name':{'name':'a'}}
          tools/call          | {'uri':'a'}
          tools/call          | {'Name':'a'}
          tools/call          | {'name':'a','Name':'b'}
          tools/call          | {'NAME':'b','name':'a'}
          tools/call          | {'name':'a','name':'b'}
          tools/call          | {'name':'a','name':'a'}
          tools/call          | {'name':'a','n\\u0061me':'b'}
          tools/call          | {'name':'a','arguments':{'x':1,'x':1}}
          tools/call          | {'name':'a','arguments':[{'a':[{'x':1,'\\u0078':1}]}]}
          tools/call          | {'name':'a','arguments':{'a':1,'b':1,'c':1,'d':1,'e':1,'f':1,'g':1,'h':1,'i':1,'j':1,'a':1}}
          tools/call          | {'name':'a','_meta':{'x':1,'x':2}}
          tools/call          | {'name':'a\\u0000b'}
          tools/call          | {'name':'a','name\\u0000':'b'}
          tools/call          | {'name':'\\ud800'}
          tools/call          | {'name':'\\udc00\\ud800'}
          tools/call          | {'name':'a','na\\ud800me':'b'}
          tools/call          | {'name':'a','_META':{}}
          ping                | {'_Meta':{}}
          ping                | {'_meta':1}
          ping                | {'_meta':[]}
          ping                | {'_meta':{'io.modelcontextprotocol/protocolVersion':1}}
          ping                | {'_meta':{'io.modelcontextprotocol/protocolVersion':null}}
          ping                | {'_meta':{'io.modelcontextprotocol/protocolversion':'x'}}
          prompts/get         | {'uri':'a'}
          resources/read      | {'name':'a'}
          resources/read      | {'uri':'a','URI':'b'}
          completion/complete | {}
          completion/complete | {'ref':'p'}
          completion/complete | {'ref':{'type':'ref/prompt'}}
          completion/complete | {'ref':{'type':'ref/prompt','uri':'p'}}
          completion/complete | {'ref':{'type':'ref/prompt','name':'p','uri':'u'}}
          completion/complete | {'ref':{'type':'ref/resource','name':'p','uri':'u'}}
          completion/complete | {'ref':{'type':'ref/prompt','name':'p','Name':'q'}}
          completion/complete | {'ref':{'type':'ref/prompt','name':'p','name':'q'}}
          completion/complete | {'ref':{'type':'ref/tool','name':'p'}}
          completion/complete | {'ref':{'name':'p'}}
          completion/complete | {'Ref':{'type':'ref/prompt','name':'p'},'ref':{'type':'ref/prompt','name':'q'}}
          """)
  void paramsThatParsersMayReadDifferently(String method, String params) {
    assertUnreadable(request(method, params).getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "1",
        "'tools/call'",
        "[]",
        "[1]",
        "[[]]",
        "[{}]",
        "{}",
        "{'jsonrpc':'2.0'}",
        "{'jsonrpc':'2.0','id':1}",
        "{'id':1,'method':'ping'}",
        "{'jsonrpc':'1.0','id':1,'method':'ping'}",
        "{'jsonrpc':2.0,'id':1,'method':'ping'}",
        "{'jsonrpc':'2.0','id':null,'method':'ping'}",
        "{'jsonrpc':'2.0','id':1.0,'method':'ping'}",
        "{'jsonrpc':'2.0','id':1e0,'method':'ping'}",
        "{'jsonrpc':'2.0','id':true,'method':'ping'}",
        "{'jsonrpc':'2.0','id':{},'method':'ping'}",
        "{'jsonrpc':'2.0','id':'\\ud800','method':'ping'}",
        "{'jsonrpc':'2.0','id':01,'method':'ping'}",
        "{'jsonrpc':'2.0','id':1,'method':1}",
        "{'jsonrpc':'2.0','id':1,'method':null}",
        "{'jsonrpc':'2.0','id':1,'method':['ping']}",
        "{'jsonrpc':'2.0','id':1,'method':'\\udc00'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping\\u0000'}",
        "{'jsonrpc':'2.0','id':1,'Method':'ping'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','METHOD':'x'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','PARAMS':{}}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','param\\u017f':{}}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','Id':2}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','method':'ping'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','\\u006dethod':'x'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','method\\u0000':'x'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','params':{},'params':{}}",
        "{'jsonrpc':'2.0','id':1,'id':1,'method':'ping'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','result':{}}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','error':null}",
        "{'jsonrpc':'2.0','id':1,'result':{},'error':{}}",
        "{'jsonrpc':'2.0','result':{}}",
        "{'jsonrpc':'2.0','id':null,'result':{}}",
        "{'jsonrpc':'2.0','id':1,'method':'ping'}x",
        "{'jsonrpc':'2.0','id':1,'method':'ping'}{}",
        "{'jsonrpc':'2.0','id':1,'method':'ping'},",
        "{'jsonrpc':'2.0','id':1,'method':'ping',}",
        "{'jsonrpc':'2.0','id':1,'method':'ping'",
        "{'jsonrpc':'2.0','id':1,'method':'ping','x':{'a':",
        "[{'jsonrpc':'2.0','id':1,'method':'ping'}",
        "[{'jsonrpc':'2.0','id':1,'method':'ping'},]",
        "{'jsonrpc':'2.0','id':1,'method':'ping'/**/}",
        "{jsonrpc:'2.0','id':1,'method':'ping'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','x':NaN}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','x':+1}",
        "{'jsonrpc':'2.0','id':1,'method':'pi\tng'}",
        "{'jsonrpc':'2.0','id':1,'method':'\\x'}",
        "\u001e{'jsonrpc':'2.0','id':1,'method':'ping'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping'}\u0000",
        "\u00a0{'jsonrpc':'2.0','id':1,'method':'ping'}"
      })
  void otherBodiesThatParsersMayReadDifferently(String json) {
    assertUnreadable(json.replace('\'', '"').getBytes(UTF_8));
  }

  @Test
  void theKindsOfMessages() {
    assertThat(message("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}").kind())
        .isEqualTo(Kind.REQUEST);
    assertThat(message("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}").kind())
        .isEqualTo(Kind.NOTIFICATION);
    assertThat(message("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":null}"))
        .isEqualTo(new McpMessage(Kind.RESPONSE, null, "1", null, null, null));
    assertThat(message("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{}}"))
        .isEqualTo(new McpMessage(Kind.RESPONSE, null, null, null, null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "-7", "123456789012345678901234567890", "\"a\"", "\"\"", "\"ä\\\"\\n\\\\\""})
  void theIdIsJson(String id) {
    assertThat(message("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"ping\"}").id())
        .isEqualTo(id);
  }

  @Test
  void theIdIsWrittenWithoutUnneededEscapes() {
    assertThat(message("{\"jsonrpc\":\"2.0\",\"id\":\"\\u0061\\/\",\"method\":\"ping\"}").id())
        .isEqualTo("\"a/\"");
  }

  @Test
  void theProtocolVersionInMeta() {
    String json =
        "{\"_meta\":{\"a\":1,\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}";

    assertThat(message(request("ping", json)).protocolVersion()).isEqualTo("2026-07-28");
  }

  @Test
  void theMessagesOfABatchAreInOrderAndTheBytesAreThoseReceived() {
    String json = "[ {\"method\":\"a\",\"jsonrpc\":\"2.0\"},\n" + CALL + " ] ";
    byte[] bytes = json.getBytes(UTF_8);

    McpBody body = ((Read) McpBodyReader.parse(bytes)).body();

    assertThat(body.batch()).isTrue();
    assertThat(body.messages()).extracting(McpMessage::method).containsExactly("a", "tools/call");
    assertThat(body.bytes()).isSameAs(bytes);
  }

  @Test
  void aBatchHasAMaximum() {
    String longest = CALL + ("," + CALL).repeat(MessageParser.MAX_BATCH - 1);

    assertThat(read("[" + longest + "]").messages()).hasSize(MessageParser.MAX_BATCH);
    assertUnreadable(("[" + longest + "," + CALL + "]").getBytes(UTF_8));
  }

  @Test
  void aMemberOfABatchIsAsStrictAsASingleMessage() {
    assertUnreadable(("[" + CALL + "," + CALL.replace("method", "Method") + "]").getBytes(UTF_8));
  }

  @Test
  void otherEncodingsAreUnreadable() {
    for (Charset charset :
        new Charset[] {
          UTF_16BE, UTF_16LE, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE")
        }) {
      assertUnreadable(CALL.getBytes(charset));
      assertUnreadable(("\ufeff" + CALL).getBytes(charset));
    }
    assertUnreadable(("\ufeff" + CALL).getBytes(UTF_8));
    assertUnreadable(CALL.replace("\"a\"", "\"ä\"").getBytes(ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\u00c0\u00af", "\u00ed\u00a0\u0080", "\u00f5\u0080\u0080\u0080", "\u0080"})
  void invalidUtf8IsUnreadableEvenWhereNobodyLooks(String bytes) {
    String json = "{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":{\"x\":\"" + bytes + "\"}}";

    assertUnreadable(json.getBytes(ISO_8859_1));
  }

  @Test
  void nestingHasALimit() {
    assertThat(read(nested(400)).messages()).hasSize(1);
    assertUnreadable(nested(600).getBytes(UTF_8));
    assertUnreadable("[".repeat(1_000_000).getBytes(UTF_8));
  }

  private static String nested(int depth) {
    return request("x", "{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}");
  }

  @Test
  void aVeryLongNameIsReadAndAVeryLongNumberIsSkipped() {
    String name = "ä/".repeat(500_000);
    String digits = "9".repeat(1_000_000);
    String params =
        "{\"n\":%s,\"f\":%s.%s,\"name\":\"%s\"}".formatted(digits, digits, digits, name);

    assertThat(message(request("tools/call", params)).name()).isEqualTo(name);
  }

  @Test
  void aVeryLongKeyIsSkipped() {
    String params = "{\"" + "k".repeat(1_000_000) + "\":1,\"name\":\"a\"}";

    assertThat(message(request("tools/call", params)).name()).isEqualTo("a");
  }

  @Test
  void manyKeysTakeNoQuadraticTime() {
    StringBuilder arguments = new StringBuilder("\"k\":1");
    for (int i = 0; i < 200_000; i++) {
      arguments.append(",\"k").append(i).append("\":1");
    }

    assertThat(
            message(request("tools/call", "{\"name\":\"a\",\"arguments\":{" + arguments + "}}"))
                .name())
        .isEqualTo("a");
    assertUnreadable(
        request("tools/call", "{\"name\":\"a\",\"arguments\":{" + arguments + ",\"k7\":1}}")
            .getBytes(UTF_8));
  }

  @Test
  void theDetailsContainNothingOfTheBody() {
    String json =
        request("tools/call", "{\"secret\":\"secret\",\"Name\":\"secret\",\"name\":secret}");

    Unreadable outcome = (Unreadable) McpBodyReader.parse(json.getBytes(UTF_8));

    assertThat(outcome.refusal().detail()).startsWith("no valid JSON").doesNotContain("secret");
  }

  @Test
  void theMaximumIsPositive() {
    assertThatThrownBy(() -> new McpBodyReader(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
