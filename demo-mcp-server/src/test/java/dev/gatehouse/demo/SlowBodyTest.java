package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Callers that announce a body and send it slowly or not at all. */
class SlowBodyTest {

  /** More than the demo has threads. */
  private static final int CONNECTIONS = 150;

  /** Fails a test that hangs. */
  private static final int TIMEOUT_MILLIS = 60_000;

  private static final Duration BETWEEN_BYTES = Duration.ofMillis(100);

  /** Slow connections, to be closed before the demo stops: it would log that they are idle. */
  private static final class Connections implements AutoCloseable {
    private final List<Socket> sockets = new ArrayList<>();

    void add(Socket socket) {
      sockets.add(socket);
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /oauth/token",
        "GET /oauth/jwks",
        "POST /mcp",
        "POST /unknown",
        "POST /.well-known/oauth-protected-resource/mcp"
      })
  void moreIncompleteBodiesThanThreadsDoNotKeepOtherCallersWaiting(String requestLine)
      throws Exception {
    try (RunningDemo demo = RunningDemo.start();
        Connections slow = new Connections()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        slow.add(incomplete(demo, requestLine));
      }

      assertThat(demo.token("notes:read")).isNotEmpty();
      assertThat(RawHttp.exchange(demo.port(), "POST /mcp", List.of(), "{}").status())
          .isEqualTo(401);
    }
  }

  @Test
  void madeUpTokensDoNotKeepOtherCallersWaiting() throws Exception {
    try (RunningDemo demo = RunningDemo.start();
        Connections slow = new Connections()) {
      for (int i = 0; i < CONNECTIONS; i++) {
        slow.add(incomplete(demo, "POST /mcp", "Authorization: Bearer made-up-" + i + "\r\n"));
      }

      assertThat(McpSession.open(demo.port(), demo.token("notes:read")).id()).isNotEmpty();
    }
  }

  @Test
  void oneCallerWithATokenCannotTakeAllThreads() throws Exception {
    try (RunningDemo demo = RunningDemo.start();
        Connections slow = new Connections()) {
      String token = demo.token("notes:read");
      McpSession.open(demo.port(), token); // introspects it
      for (int i = 0; i < CONNECTIONS; i++) {
        slow.add(incomplete(demo, "POST /mcp", "Authorization: Bearer " + token + "\r\n"));
      }

      assertThat(McpSession.open(demo.port(), demo.token("notes:read")).id()).isNotEmpty();
    }
  }

  // It is dispatched again, so the filter sees it later than others.
  @ParameterizedTest
  @CsvSource({"valid, whoami, 200", "valid, add_note, 403", "made-up, whoami, 401"})
  void aMessageThatArrivesInPartsIsJudgedAsAnyOther(String credentials, String tool, int status)
      throws Exception {
    try (RunningDemo demo = RunningDemo.start()) {
      McpSession session = McpSession.open(demo.port(), demo.token("notes:read"));
      String token = credentials.equals("valid") ? session.token() : credentials;
      String message =
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\""
              + tool
              + "\"}}";
      String head =
          "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: "
              + message.length()
              + "\r\n"
              + String.join(
                  "\r\n", new McpSession(demo.port(), token, session.id()).sessionHeaders())
              + "\r\n\r\n";
      try (Socket caller = new Socket(InetAddress.getLoopbackAddress(), demo.port())) {
        caller.setSoTimeout(TIMEOUT_MILLIS);
        caller.getOutputStream().write((head + message.substring(0, 20)).getBytes(US_ASCII));
        // Meanwhile another request passes, so the first part has most likely been read.
        session.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}");
        caller.getOutputStream().write(message.substring(20).getBytes(US_ASCII));

        assertThat(new String(caller.getInputStream().readAllBytes(), US_ASCII))
            .startsWith("HTTP/1.1 " + status + " ");
      }
    }
  }

  @Test
  void theContainerEndsABodyBelowItsMinimumDataRate() throws Exception {
    try (RunningDemo demo = RunningDemo.start();
        Socket slow = incomplete(demo, "POST /oauth/token")) {
      long[] last = {System.nanoTime()};
      Await.until(
          "the response",
          () -> {
            if (System.nanoTime() - last[0] > BETWEEN_BYTES.toNanos()) {
              last[0] = System.nanoTime();
              slow.getOutputStream().write('a');
            }
            return slow.getInputStream().available() > 0;
          });

      // 408 would be the deadline of the authorization server.
      assertThat(new String(slow.getInputStream().readAllBytes(), US_ASCII))
          .startsWith("HTTP/1.1 400 ");
    }
  }

  private static Socket incomplete(RunningDemo demo, String requestLine) throws IOException {
    return incomplete(demo, requestLine, "");
  }

  private static Socket incomplete(RunningDemo demo, String requestLine, String header)
      throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), demo.port());
    socket.setSoTimeout(TIMEOUT_MILLIS);
    String head =
        requestLine
            + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
            + header
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\na";
    socket.getOutputStream().write(head.getBytes(US_ASCII));
    return socket;
  }
}
