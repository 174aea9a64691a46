package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Web pages that call the demo, such as the MCP Inspector. */
class LocalPagesTest {

  @RegisterExtension static final SharedDemo demo = new SharedDemo();

  private static RawHttp.Response initialize(String origin) throws IOException {
    List<String> headers = new ArrayList<>(McpSession.headers(demo.token("notes:read")));
    headers.add("Origin: " + origin);
    return RawHttp.exchange(demo.port(), "POST /mcp", headers, McpSession.INITIALIZE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://localhost:6274", "http://127.0.0.1:1", "http://[::1]:5173"})
  void aPageOfThisMachineOpensASession(String origin) throws IOException {
    RawHttp.Response response = initialize(origin);

    assertThat(response.statusLine()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(response.header("Access-Control-Allow-Origin"))
        .contains("Access-Control-Allow-Origin: " + origin);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "https://localhost.evil.example", "null"})
  void anotherPageIsRefused(String origin) throws IOException {
    assertThat(initialize(origin).statusLine()).isEqualTo("HTTP/1.1 403 Forbidden");
  }
}
