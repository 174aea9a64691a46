package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The error responses of the container are small and do not identify it. */
class UnknownPathTest {

  @RegisterExtension static final SharedDemo demo = new SharedDemo();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the root                      | GET /                                        | 404
          an unknown path               | GET /nowhere                                 | 404
          POST                          | POST /nowhere                                | 404
          TRACE                         | TRACE /nowhere                               | 404
          an unknown method             | BREW /nowhere                                | 404
          below the endpoint            | GET /mcp/below                               | 404
          other metadata                | GET /.well-known/openid-configuration/nowhere | 404
          path traversal                | GET /%2e%2e/%2e%2e/etc/passwd                | 400
          an invalid path               | GET /%zz                                     | 400
          """)
  void theResponseIsASmallJsonObject(String what, String requestLine, int status)
      throws IOException {
    RawHttp.Response response =
        RawHttp.exchange(demo.port(), requestLine, List.of("Authorization: Bearer secret"), "");

    assertThat(response.status()).as(what).isEqualTo(status);
    assertThat(response.header("Content-Type").orElseThrow()).contains(": application/json");
    assertThat(response.header("Server")).isEmpty();
    assertThat(response.header("X-Powered-By")).isEmpty();
    assertThat(Json.object(response.body())).containsOnlyKeys("error", "error_description");
    assertThat(response.body()).doesNotContainIgnoringCase("jetty").doesNotContain("secret", "at ");
  }

  // Short enough for one write: a second might fail on a connection that is already closed.
  @ParameterizedTest(name = "{0}")
  @CsvSource({"headers of 40 KiB, 40000", "headers of 100 KiB, 100000"})
  void headersBeyondTheLimitAreRefused(String what, int length) throws IOException {
    RawHttp.Response response =
        RawHttp.exchange(demo.port(), "GET /mcp", List.of("X: " + "x".repeat(length)), "");

    assertThat(response.status()).as(what).isEqualTo(431);
    assertThat(response.body()).hasSizeLessThan(200);
  }
}
