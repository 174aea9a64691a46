package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Other spellings of the endpoint's path must not bypass the filter.
 *
 * <p>The MCP SDK's servlet serves every URI that ends in /mcp, so each of these would bypass a
 * filter that is mapped by path.
 */
class PathBypassTest {

  @RegisterExtension static final SharedDemo demo = new SharedDemo();

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "/mcp",
        "/mcp/",
        "/mcp/mcp",
        "/mcp/x/mcp",
        "/mcp/x;y/mcp",
        "/mcp/..;/mcp",
        "/x/mcp",
        "/x;/mcp",
        "/xmcp/mcp",
        "/;/mcp",
        "/mcp;x",
        "/mcp;x=/mcp",
        "/mcp;/mcp",
        "//mcp",
        "///mcp",
        "/%6dcp",
        "/%6Dcp",
        "/mc%70",
        "/%2e/mcp",
        "/%2fmcp",
        "/mcp%2fmcp",
        "/mcp%3b/mcp",
        "/mcp%00/mcp",
        "/./mcp",
        "/x/../mcp",
        "/x/%2e%2e/mcp",
        "/../mcp",
        "/mcp/.",
        "/mcp/../mcp",
        "/mcp?/mcp",
        "/mcp?x=/mcp",
        "/mcp#/mcp",
        "/MCP",
        "/oauth/token/mcp",
        "/oauth/mcp",
        "/.well-known/mcp",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-protected-resource/../mcp",
        "/.well-known/oauth-protected-resource/mcp/mcp",
        "/.well-known/oauth-protected-resource/x/mcp",
        "http://127.0.0.1/mcp",
        "http://elsewhere.example/mcp/mcp",
        "*/mcp",
        "mcp"
      })
  void noSpellingReachesTheMcpServletWithoutAToken(String target) throws IOException {
    for (String method : List.of("POST", "GET", "DELETE", "PUT", "OPTIONS", "TRACE", "HEAD")) {
      RawHttp.Response response =
          RawHttp.exchange(
              demo.port(),
              method + " " + target,
              List.of(
                  "Content-Type: application/json", "Accept: application/json, text/event-stream"),
              method.equals("POST") ? McpSession.INITIALIZE : "");

      assertThat(response.header("Mcp-Session-Id")).as(method).isEmpty();
      assertThat(response.body()).as(method).doesNotContain("jsonrpc", "protocolVersion");
      if (!isMetadata(target)) {
        assertThat(response.status()).as(method).isBetween(400, 499);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"/mcp/mcp", "/x/mcp", "/x;/mcp", "/mcp/x;y/mcp", "/MCP"})
  void otherSpellingsAreNotFoundWithATokenEither(String target) throws IOException {
    String token = demo.token("notes:read");

    RawHttp.Response response =
        RawHttp.exchange(
            demo.port(), "POST " + target, McpSession.headers(token), McpSession.INITIALIZE);

    assertThat(response.statusLine()).isEqualTo("HTTP/1.1 404 Not Found");
  }

  /** The protected resource metadata is public. */
  private static boolean isMetadata(String target) {
    return target.equals("/.well-known/oauth-protected-resource/mcp");
  }
}
