package dev.gatehouse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.ReplayServlet.BodyFilter;
import dev.gatehouse.testing.LogWatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Reading bodies from real containers, and passing them on to servlets that read in all ways. */
class McpBodyOnContainersTest {

  private static final int MAX = 100_000;

  /** Not ASCII, and longer than one read. */
  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\n\"params\":{\"name\":\"wärme 世界\","
          + "\"arguments\":{\"text\":\""
          + "lörem ".repeat(2_000)
          + "\"}}}";

  private static final int LENGTH = CALL.getBytes(UTF_8).length;

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  private final BodyFilter filter = new BodyFilter(MAX);

  /** How a test sends a body. */
  private interface Sender {
    void send(Socket socket, String mode) throws IOException;
  }

  /** A test with a running container. */
  private interface Use {
    void of(int port) throws Exception;
  }

  private void on(Container container, Use use) throws Exception {
    try (var server =
        container.start(
            directory,
            context -> {
              ProtectedServer.addServlet(context, "mcp", new ReplayServlet(), "/mcp");
              ProtectedServer.addFilter(context, "body", filter, "mcp");
            })) {
      use.of(server.port());
    }
  }

  private static String exchange(int port, String mode, Sender sender) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.setTcpNoDelay(true);
      sender.send(socket, mode);
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  private static String body(String response) {
    assertThat(response).startsWith("HTTP/1.1 200");
    return response.substring(response.indexOf("\r\n\r\n") + 4);
  }

  private static byte[] head(String mode, String... lines) {
    return ("POST /mcp?mode="
            + mode
            + " HTTP/1.1\r\nHost: any.example\r\nConnection: close\r\n"
            + "Content-Type: application/json\r\n"
            + String.join("\r\n", lines)
            + "\r\n\r\n")
        .getBytes(ISO_8859_1);
  }

  private static void whole(Socket socket, String mode) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head(mode, "Content-Length: " + LENGTH));
    request.writeBytes(CALL.getBytes(UTF_8));
    socket.getOutputStream().write(request.toByteArray());
  }

  /** The beginning arrives byte by byte, so that characters and names are cut. */
  private static void slowly(Socket socket, String mode) throws IOException {
    byte[] bytes = CALL.getBytes(UTF_8);
    socket.getOutputStream().write(head(mode, "Content-Length: " + bytes.length));
    for (int i = 0; i < 200; i++) {
      socket.getOutputStream().write(bytes[i]);
    }
    socket.getOutputStream().write(bytes, 200, bytes.length - 200);
  }

  private static void chunked(Socket socket, String mode) throws IOException {
    byte[] bytes = CALL.getBytes(UTF_8);
    socket.getOutputStream().write(head(mode, "Transfer-Encoding: chunked", "Trailer: X-Sum"));
    for (int at = 0; at < bytes.length; at += 997) {
      int size = Math.min(997, bytes.length - at);
      ByteArrayOutputStream chunk = new ByteArrayOutputStream();
      chunk.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1));
      chunk.write(bytes, at, size);
      chunk.writeBytes("\r\n".getBytes(ISO_8859_1));
      socket.getOutputStream().write(chunk.toByteArray());
    }
    socket.getOutputStream().write("0\r\nX-Sum: 7\r\n\r\n".getBytes(ISO_8859_1));
  }

  /** Closes the connection without reading a response. */
  private static void abort(int port, byte[] head, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(head);
      socket.getOutputStream().write(body.getBytes(UTF_8));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_5"})
  void theServletReadsTheSameBytesInEveryWay(Container container) throws Exception {
    on(
        container,
        port -> {
          for (String mode :
              new String[] {"stream", "single", "reader", "async", "wrapped", "forward"}) {
            assertThat(body(exchange(port, mode, McpBodyOnContainersTest::whole)))
                .as(mode)
                .isEqualTo(CALL);
          }
          for (String mode : new String[] {"listener", "late"}) {
            assertThat(body(exchange(port, mode, McpBodyOnContainersTest::whole)))
                .as(mode)
                .isEqualTo(CALL + "!");
          }
          assertThat(body(exchange(port, "both", McpBodyOnContainersTest::whole)))
              .isEqualTo("either");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_5"})
  void aBodyMayArriveByteByByteOrInChunks(Container container) throws Exception {
    on(
        container,
        port -> {
          for (Sender sender :
              new Sender[] {McpBodyOnContainersTest::slowly, McpBodyOnContainersTest::chunked}) {
            assertThat(body(exchange(port, "stream", sender))).isEqualTo(CALL);
            assertThat(body(exchange(port, "reader", sender))).isEqualTo(CALL);
            assertThat(body(exchange(port, "listener", sender))).isEqualTo(CALL + "!");
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_5"})
  void theLengthIsKnownHoweverTheBodyHasArrived(Container container) throws Exception {
    String expected = "%1$d %1$d %1$d [%1$d] null [content-length] UTF-8".formatted(LENGTH);
    on(
        container,
        port -> {
          assertThat(body(exchange(port, "headers", McpBodyOnContainersTest::whole)))
              .isEqualTo(expected);
          assertThat(body(exchange(port, "headers", McpBodyOnContainersTest::chunked)))
              .isEqualTo(expected);
        });
  }

  /** Tomcat and Undertow drop trailers unless they are configured to keep them. */
  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_5"})
  void trailersAreThereBeforeTheServletReads(Container container) throws Exception {
    on(
        container,
        port ->
            assertThat(body(exchange(port, "trailers", McpBodyOnContainersTest::chunked)))
                .startsWith("true ")
                .matches(trailers -> container != Container.JETTY_64 || trailers.contains("7")));
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_5"})
  void nothingPartialReachesTheServlet(Container container) throws Exception {
    on(
        container,
        port -> {
          abort(port, head("stream", "Content-Length: 5000"), CALL.substring(0, 2000));
          assertThat(filter.passedOn.poll(60, TimeUnit.SECONDS)).isFalse();

          abort(port, head("stream", "Transfer-Encoding: chunked"), "2\r\n{}\r\nzz\r\n");
          assertThat(filter.passedOn.poll(60, TimeUnit.SECONDS)).isFalse();
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_5"})
  void aBodyThatIsTooLongIsRefusedAtOnce(Container container) throws Exception {
    on(
        container,
        port -> {
          assertThat(
                  exchange(
                      port,
                      "stream",
                      (socket, mode) -> {
                        socket.getOutputStream().write(head(mode, "Content-Length: " + (MAX + 1)));
                        socket.shutdownOutput(); // else Tomcat waits for the rest
                      }))
              .startsWith("HTTP/1.1 413");
          assertThat(
                  exchange(
                      port,
                      "stream",
                      (socket, mode) -> {
                        socket.getOutputStream().write(head(mode, "Transfer-Encoding: chunked"));
                        socket
                            .getOutputStream()
                            .write(
                                (Integer.toHexString(MAX + 1) + "\r\n" + " ".repeat(MAX + 1))
                                    .getBytes(ISO_8859_1));
                        socket.shutdownOutput();
                      }))
              .startsWith("HTTP/1.1 413");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_5"})
  void aBodyOfTheMaximalLengthIsRead(Container container) throws Exception {
    on(
        container,
        port -> {
          String longest = CALL + " ".repeat(MAX - LENGTH);
          assertThat(
                  body(
                      exchange(
                          port,
                          "stream",
                          (socket, mode) -> {
                            socket.getOutputStream().write(head(mode, "Content-Length: " + MAX));
                            socket.getOutputStream().write(longest.getBytes(UTF_8));
                          })))
              .isEqualTo(longest);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"JETTY_64", "TOMCAT_32", "UNDERTOW_5"})
  void headersThatAnnounceSomethingElseAreRefused(Container container) throws Exception {
    on(
        container,
        port -> {
          for (String header :
              new String[] {"Content-Encoding: gzip", "Content-Type: application/json"}) {
            assertThat(
                    exchange(
                        port,
                        "stream",
                        (socket, mode) -> {
                          socket
                              .getOutputStream()
                              .write(head(mode, "Content-Length: " + LENGTH, header));
                          socket.getOutputStream().write(CALL.getBytes(UTF_8));
                        }))
                .as(header)
                .matches(
                    response ->
                        response.startsWith("HTTP/1.1 415") || response.startsWith("HTTP/1.1 400"));
          }
        });
  }
}
