package dev.gatehouse.authorizationserver.internal.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.authorizationserver.testing.RawConnection;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.testing.Await;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that arrive late, in parts or broken, with and without asynchronous requests. */
class BodyReceiverTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofHours(1);

  /** Responds with the length of the body. */
  private static final class Measuring extends Endpoint {
    Measuring(Duration bodyDeadline) {
      super(bodyDeadline);
    }

    @Override
    protected boolean readsBodies() {
      return true;
    }

    @Override
    protected HTTPResponse handle(HttpServletRequest request) {
      HTTPResponse response = new HTTPResponse(200);
      response.setBody(
          request.getMethod().equals("POST")
              ? BoundedBody.read(request).map(body -> "bytes: " + body.length()).orElse("too large")
              : "no body needed");
      return response;
    }
  }

  private static TestServer serve(Duration deadline, boolean async) {
    return TestServer.start(
        (origin, context) -> {
          ServletRegistration.Dynamic added =
              context.addServlet("measuring", new Measuring(deadline));
          added.addMapping("/*");
          added.setAsyncSupported(async);
        });
  }

  @ParameterizedTest(name = "asynchronous: {0}")
  @ValueSource(booleans = {true, false})
  void aBodyThatTricklesBeyondTheDeadlineEndsWithTheConnection(boolean async) throws IOException {
    try (TestServer server = serve(SHORT, async);
        RawConnection slow = new RawConnection(server.origin())) {
      slow.sendIncomplete("POST /", "text/plain");
      slow.trickleUntilAnswered();

      assertThat(slow.untilClosed())
          .startsWith("HTTP/1.1 408 ")
          .contains("\r\nConnection: close\r\n", "The body did not arrive in time");
    }
  }

  @ParameterizedTest(name = "{0}, asynchronous: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Content-Length: 4          | true  | ab               | cd
          Content-Length: 4          | false | ab               | cd
          Transfer-Encoding: chunked | true  | 2\\r\\nab\\r\\n  | 2\\r\\ncd\\r\\n0\\r\\n\\r\\n
          Transfer-Encoding: chunked | false | 2\\r\\nab\\r\\n  | 2\\r\\ncd\\r\\n0\\r\\n\\r\\n
          Transfer-Encoding: chunked | true  | 2\\r\\nab        | \\r\\n2\\r\\ncd\\r\\n0\\r\\n\\r\\n
          Transfer-Encoding: chunked | true  | 4\\r\\nabcd\\r\\n | 0\\r\\n\\r\\n
          """)
  void aBodyThatArrivesInPartsIsReceivedWhole(
      String header, boolean async, String first, String second) throws IOException {
    try (TestServer server = serve(LONG, async);
        RawConnection caller = new RawConnection(server.origin())) {
      caller.send("POST / HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n");
      caller.send(first.translateEscapes());
      // Another request passes meanwhile, so the first part has most likely been read.
      assertThat(server.post("/", "complete").body()).isEqualTo("bytes: 8");
      assertThat(caller.isAnswered()).isFalse();
      caller.send(second.translateEscapes());
      caller.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

      assertThat(caller.untilClosed()).contains("bytes: 4", "no body needed");
    }
  }

  @ParameterizedTest(name = "{0}, asynchronous: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Content-Length: 4          | true  | ab
          Content-Length: 4          | false | ab
          Transfer-Encoding: chunked | true  | 2\\r\\nab\\r\\n
          Transfer-Encoding: chunked | false | 2\\r\\nab\\r\\n
          Transfer-Encoding: chunked | true  | 2\\r\\nab\\r\\nzz\\r\\n
          Transfer-Encoding: chunked | false | 2\\r\\nab\\r\\nzz\\r\\n
          Transfer-Encoding: chunked | true  | zz\\r\\n
          Transfer-Encoding: chunked | false | zz\\r\\n
          """)
  void aBodyThatBreaksOffOrIsMalformedIsTheCallersError(String header, boolean async, String body)
      throws IOException {
    try (TestServer server = serve(LONG, async);
        RawConnection caller = new RawConnection(server.origin())) {
      caller.send("POST / HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n");
      caller.send(body.translateEscapes());
      caller.endOutput();

      assertThat(caller.untilClosed())
          .startsWith("HTTP/1.1 400 ")
          .contains("\r\nConnection: close\r\n");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET    | Content-Length: 1000       | no body needed
          DELETE | Transfer-Encoding: chunked | no body needed
          POST   | Content-Length: 1048577    | too large
          """)
  void aBodyThatIsNotNeededOrFarTooLargeIsNotAwaited(String method, String header, String answer)
      throws IOException {
    try (TestServer server = serve(LONG, true);
        RawConnection caller = new RawConnection(server.origin())) {
      caller.send(method + " / HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n");

      assertThat(caller.untilClosed())
          .startsWith("HTTP/1.1 200 ")
          .contains("\r\nConnection: close\r\n")
          .endsWith(answer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 900000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfffff\r\n"})
  void largeIncompleteBodiesAreLimitedInTotalAndDoNotAffectShortOnes(String announced)
      throws IOException {
    int most = BodyReceiver.KEPT_OF_ALL / (BoundedBody.LONGEST - BodyReceiver.KEPT_OF_EACH);
    String part = "a".repeat(BoundedBody.LONGEST);
    List<RawConnection> large = new ArrayList<>();
    try (TestServer server = serve(LONG, true)) {
      for (int i = 0; i < most + 10; i++) {
        RawConnection connection = new RawConnection(server.origin());
        large.add(connection);
        connection.send("POST / HTTP/1.1\r\nHost: localhost\r\n" + announced + part);
      }
      // More of them if several meet the limit at the same moment.
      Await.until("those beyond the limit are refused", () -> answered(large).size() >= 10);
      for (RawConnection refused : answered(large)) {
        assertThat(refused.untilClosed()).startsWith("HTTP/1.1 503 ");
      }

      try (RawConnection honest = new RawConnection(server.origin())) {
        honest.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8192\r\n\r\n");
        honest.send("a".repeat(4_000));
        assertThat(server.post("/", "complete").body()).isEqualTo("bytes: 8");
        honest.send("a".repeat(4_192));
        honest.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(honest.untilClosed()).contains("bytes: 8192");
      }

      for (RawConnection connection : large) {
        connection.close();
      }
      Await.until(
          "there is room again",
          () -> server.post("/", "a".repeat(60_000)).body().equals("bytes: 60000"));
    } finally {
      for (RawConnection connection : large) {
        connection.close();
      }
    }
  }

  @ParameterizedTest(name = "asynchronous: {0}")
  @ValueSource(booleans = {true, false})
  void whereThreadsMustWaitForBodiesOnlyAFewDo(boolean async) throws IOException {
    List<RawConnection> slow = new ArrayList<>();
    try (TestServer server = serve(LONG, async)) {
      for (int i = 0; i < 12; i++) {
        RawConnection connection = new RawConnection(server.origin());
        slow.add(connection);
        connection.sendIncomplete("POST /", "text/plain");
      }
      if (!async) {
        Await.until("four of twelve are turned away", () -> answered(slow).size() == 4);
        for (RawConnection refused : answered(slow)) {
          assertThat(refused.untilClosed())
              .startsWith("HTTP/1.1 503 ")
              .contains("\r\nRetry-After: 5\r\n", "\r\nConnection: close\r\n");
        }
      }

      try (RawConnection honest = new RawConnection(server.origin())) {
        honest.send(
            "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Length: 2\r\n\r\nok");
        assertThat(honest.untilClosed()).startsWith("HTTP/1.1 200 ").endsWith("bytes: 2");
      }
      assertThat(answered(slow)).isEmpty();
      // A server that stops while threads read makes Jetty log a warning.
      for (RawConnection connection : slow) {
        connection.endOutput();
        connection.untilClosed();
      }
    } finally {
      for (RawConnection connection : slow) {
        connection.close();
      }
    }
  }

  private static List<RawConnection> answered(List<RawConnection> connections) throws IOException {
    List<RawConnection> answered = new ArrayList<>();
    for (RawConnection connection : connections) {
      if (connection.isAnswered()) {
        answered.add(connection);
      }
    }
    return answered;
  }
}
