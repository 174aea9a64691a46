package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the container answers by itself is small, and tells nothing about it. */
class UnknownPathTest {

  @RegisterExtension static final SharedDemo demo = new SharedDemo();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the root                      | GET /                                        | 404
          nowhere                       | GET /nowhere                                 | 404
          nowhere, posted to            | POST /nowhere                                | 404
          nowhere, and TRACE            | TRACE /nowhere                               | 404
          an invented method            | BREW /nowhere                                | 404
          below the endpoint            | GET /mcp/below                               | 404
          other metadata                | GET /.well-known/openid-configuration/nowhere | 404
          up and out                    | GET /%2e%2e/%2e%2e/etc/passwd                | 400
          a path that is no path        | GET /%zz                                     | 400
          """)
  void theAnswerIsASmallJsonObject(String what, String requestLine, int status) throws IOException {
    RawHttp.Answer answer =
        RawHttp.exchange(demo.port(), requestLine, List.of("Authorization: Bearer secret"), "");

    assertThat(answer.status()).as(what).isEqualTo(status);
    assertThat(answer.header("Content-Type").orElseThrow()).contains(": application/json");
    assertThat(answer.header("Server")).isEmpty();
    assertThat(answer.header("X-Powered-By")).isEmpty();
    assertThat(Json.object(answer.body())).containsOnlyKeys("error", "error_description");
    assertThat(answer.body()).doesNotContainIgnoringCase("jetty").doesNotContain("secret", "at ");
  }

  // No longer than one write takes: a second may meet a connection that is refused already.
  @ParameterizedTest(name = "{0}")
  @CsvSource({"headers of 20 KiB, 20000", "headers of 100 KiB, 100000"})
  void headersBeyondTheLimitAreRefused(String what, int length) throws IOException {
    RawHttp.Answer answer =
        RawHttp.exchange(demo.port(), "GET /mcp", List.of("X: " + "x".repeat(length)), "");

    assertThat(answer.status()).as(what).isEqualTo(431);
    assertThat(answer.body()).hasSizeLessThan(200);
  }
}
