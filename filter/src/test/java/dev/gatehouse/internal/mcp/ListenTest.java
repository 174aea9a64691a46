package dev.gatehouse.internal.mcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.mcp.McpBodyReader.Read;
import dev.gatehouse.internal.mcp.McpBodyReader.Unreadable;
import dev.gatehouse.internal.mcp.McpMessage.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The resources that {@code subscriptions/listen} names (MCP 2026-07-28). */
class ListenTest {

  private static McpBodyReader.Outcome parse(String notifications) {
    String json =
        "{'jsonrpc':'2.0','id':7,'method':'subscriptions/listen','params':{%s}}"
            .formatted(notifications);
    return McpBodyReader.parse(json.replace('\'', '"').getBytes(UTF_8));
  }

  private static McpBody read(String notifications) {
    return ((Read) parse(notifications)).body();
  }

  @Test
  void eachResourceIsACallOfItsOwn() {
    McpBody body = read("'notifications':{'resourceSubscriptions':['notes://a','notes://b']}");

    assertThat(body.batch()).isFalse();
    assertThat(body.messages())
        .extracting(McpMessage::name)
        .containsExactly("notes://a", "notes://b");
    assertThat(body.messages())
        .allSatisfy(
            message -> {
              assertThat(message.method()).isEqualTo("subscriptions/listen");
              assertThat(message.target()).isEqualTo(Target.RESOURCE);
              assertThat(message.id()).isEqualTo("7");
              assertThat(message.headerName()).isNull();
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "'notifications':null",
        "'notifications':{}",
        "'notifications':{'toolsListChanged':true,'resourceSubscriptions':null}",
        "'notifications':{'resourceSubscriptions':[]}"
      })
  void withoutResourcesOnlyTheMethodCounts(String notifications) {
    assertThat(read(notifications).messages())
        .singleElement()
        .satisfies(message -> assertThat(message.name()).isNull());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'Notifications':{'resourceSubscriptions':['secret://a']}",
        "'notifications':{'ResourceSubscriptions':['secret://a']}",
        "'notifications':{'resourceSubscriptions':['notes://a',1]}",
        "'notifications':{'resourceSubscriptions':[['secret://a']]}",
        "'notifications':{'resourceSubscriptions':'secret://a'}",
        "'notifications':{'resourceSubscriptions':{'0':'secret://a'}}",
        "'notifications':[{'resourceSubscriptions':['secret://a']}]",
        "'notifications':{'resourceSubscriptions':['\\ud800']}"
      })
  void whatParsersMayReadDifferentlyIsRefused(String notifications) {
    assertThat(parse(notifications)).isInstanceOf(Unreadable.class);
  }

  @Test
  void whoMayNotReadAResourceMayNotListenToItsChanges() {
    PolicyFixture rules = PolicyFixture.of("resource notes://*: read\nresource secret://*: admin");
    McpBody allowed = read("'notifications':{'resourceSubscriptions':['notes://a']}");
    McpBody both = read("'notifications':{'resourceSubscriptions':['notes://a','secret://b']}");
    PolicyFixture.Caller caller = PolicyFixture.Caller.with("read");

    assertThat(rules.policy().check(allowed, caller.token(), caller.effective(), 0)).isEmpty();
    assertThat(rules.policy().check(both, caller.token(), caller.effective(), 0))
        .hasValueSatisfying(
            refusal -> {
              assertThat(refusal.needed().scopes()).containsExactlyInAnyOrder("read", "admin");
              assertThat(refusal.requestId()).isEqualTo("7");
            });
  }
}
