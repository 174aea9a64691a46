package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.encoded;
import static dev.gatehouse.testing.FakeAuthorizationServer.gzip;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer.ReceivedRequest;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authorization servers, and proxies before them, that encode responses without being asked. */
class ContentCodingTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  private void respond(String coding, byte[] body) {
    guarded.as.introspection(encoded(200, coding, body));
  }

  private void assertUnusable(String finding) throws Exception {
    log.announce(finding);
    assertThat(guarded.status(Secrets.token())).isEqualTo(503);
    assertThat(log.reasons()).containsExactly("as_answer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "GZIP", "x-gzip", "identity, gzip", ",gzip"})
  void gzipIsDecoded(String coding) throws Exception {
    respond(coding, gzip(guarded.activeResponse("\"sub\":\"Zoë\"")));

    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
  }

  @Test
  void identityNeedsNoDecoding() throws Exception {
    respond("identity", guarded.activeResponse("").getBytes(StandardCharsets.UTF_8));

    assertThat(guarded.status(Secrets.token())).isEqualTo(200);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          br         | unsupported content coding [br]
          deflate    | unsupported content coding [deflate]
          zstd       | unsupported content coding [zstd]
          gzip, gzip | unsupported content coding [gzip, gzip]
          gzip, br   | unsupported content coding [gzip, br]
          a b<c>     | unsupported content coding; make
          """)
  void anotherCodingIsNamed(String coding, String finding) throws Exception {
    respond(coding, gzip(guarded.activeResponse("")));

    assertUnusable(finding);
  }

  @Test
  void whatIsNotGzipIsUnusable() throws Exception {
    respond("gzip", guarded.activeResponse("").getBytes(StandardCharsets.UTF_8));

    assertUnusable("the response is not gzip");
  }

  @Test
  void aResponseThatEndsEarlyIsUnusable() throws Exception {
    byte[] whole = gzip(guarded.activeResponse(""));
    respond("gzip", Arrays.copyOf(whole, whole.length - 9));

    assertUnusable("the response is not gzip");
  }

  /** A hundred kilobytes that inflate to a hundred megabytes. */
  @Test
  void aBombIsNotInflated() throws Exception {
    respond("gzip", gzip(" ".repeat(100_000_000)));

    assertUnusable("the response is larger than 1048576 bytes");
  }

  @Test
  void theLimitAppliesToTheDecodedResponse() throws Exception {
    respond("gzip", gzip(guarded.activeResponse("\"x\":\"" + "a".repeat(70_000) + '"')));

    assertUnusable("raise introspection-max-response");
  }

  /** A 400 about the token is a 401 for the caller; otherwise every token of its kind got 503. */
  @ParameterizedTest
  @CsvSource({"gzip, 401", "br, 503"})
  void anErrorResponseMayBeEncoded(String coding, int status) throws Exception {
    if (status == 503) {
      log.announce("reason=as_answer");
    }
    guarded.as.introspection(encoded(400, coding, gzip("{\"error\":\"unsupported_token_type\"}")));

    assertThat(guarded.status(Secrets.token())).isEqualTo(status);
  }

  @Test
  void allRequestsAskForIdentity() throws Exception {
    assertThat(guarded.status(Secrets.token())).isEqualTo(401);

    assertThat(guarded.as.requests())
        .isNotEmpty()
        .extracting((ReceivedRequest request) -> request.header("Accept-encoding"))
        .containsOnly("identity");
  }
}
