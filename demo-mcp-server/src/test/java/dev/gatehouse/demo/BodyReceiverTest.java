package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Await;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bodies that arrive late, in parts or never, in front of a servlet that blocks while it reads. */
class BodyReceiverTest {

  private static final int THREADS = 8;
  private static final int LONGEST = 1000;
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofHours(1);

  /** Responds with the length of the body, which it reads by a stream, by a reader or not. */
  private static final class Blocking extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      long length =
          switch (request.getRequestURI()) {
            case "/unread" -> 0;
            case "/reader" -> request.getReader().lines().mapToLong(String::length).sum();
            default -> request.getInputStream().readAllBytes().length;
          };
      response.getOutputStream().write((" " + length + " read").getBytes(UTF_8));
    }
  }

  /** A container with few threads whose connections never time out. */
  private static final class Container implements AutoCloseable {
    private final Server jetty = new Server(new QueuedThreadPool(THREADS));
    private final ServerConnector connector = new ServerConnector(jetty, 1, 1);

    private final BodyReceiver receiver;

    Container(Duration deadline) throws Exception {
      this(new BodyReceiver(LONGEST, deadline, 0));
    }

    Container(BodyReceiver receiver) throws Exception {
      this.receiver = receiver;
      connector.setHost("127.0.0.1");
      connector.setIdleTimeout(LONG.toMillis());
      jetty.addConnector(connector);
      var context = new ServletContextHandler("/");
      var filter = new FilterHolder(receiver);
      filter.setAsyncSupported(true);
      context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
      var servlet = new ServletHolder(new Blocking());
      servlet.setAsyncSupported(true);
      context.addServlet(servlet, "/*");
      jetty.setHandler(context);
      jetty.start();
    }

    Socket send(String text) throws IOException {
      var socket = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
      socket.setSoTimeout(TIMEOUT_MILLIS);
      write(socket, text);
      return socket;
    }

    @Override
    public void close() {
      LifeCycle.stop(jetty);
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static String request(String path, String headers, String body) {
    return anonymousRequest(path, "Authorization: Bearer x\r\n" + headers, body);
  }

  private static String anonymousRequest(String path, String headers, String body) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n" + body;
  }

  private static String untilClosed(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  @Test
  void anHonestCallerIsAnsweredWhileMoreCallersThanThreadsSendNothing() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try (Container container = new Container(LONG)) {
      for (int i = 0; i < 5 * THREADS; i++) {
        slow.add(container.send(request("/", "Content-Length: 100", "a")));
      }
      for (int i = 0; i < THREADS; i++) {
        String honest = request("/", "Connection: close\r\nContent-Length: 5", "hello");
        try (Socket caller = container.send(honest)) {
          assertThat(untilClosed(caller)).startsWith("HTTP/1.1 200 ").contains(" 5 read");
        }
      }

      for (Socket socket : slow) {
        assertThat(socket.getInputStream().available()).as("still open").isZero();
      }
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @ParameterizedTest(name = "{0}{1}")
  @CsvSource({
    "/stream, Content-Length: 4, ab, cd",
    "/reader, Content-Length: 4, ab, cd",
    "/stream, Transfer-Encoding: chunked, 2\\r\\nab\\r\\n, 2\\r\\ncd\\r\\n0\\r\\n\\r\\n",
    "/reader, Transfer-Encoding: chunked, 4\\r\\nabcd\\r\\n, 0\\r\\n\\r\\n",
    "/stream, Content-Length: 0, '', ''",
    "/stream, X-None: x, '', ''",
  })
  void aBodyThatArrivesInPartsReachesTheServletWhole(
      String path, String header, String first, String second) throws Exception {
    try (Container container = new Container(LONG);
        Socket caller =
            container.send(
                request(path, "Connection: close\r\n" + header, first.translateEscapes()))) {
      // Another request passes meanwhile, so the first part has most likely been read.
      try (Socket other =
          container.send(request("/", "Connection: close\r\nContent-Length: 1", "x"))) {
        assertThat(untilClosed(other)).contains(" 1 read");
      }
      if (!second.isEmpty()) {
        assertThat(caller.getInputStream().available()).isZero();
        write(caller, second.translateEscapes());
      }

      assertThat(untilClosed(caller))
          .startsWith("HTTP/1.1 200 ")
          .contains(second.isEmpty() ? " 0 read" : " 4 read");
    }
  }

  @Test
  void aBodyThatTricklesBeyondTheDeadlineEndsWithTheConnection() throws Exception {
    try (Container container = new Container(SHORT);
        Socket slow = container.send(request("/", "Transfer-Encoding: chunked", ""))) {
      int[] sent = {0};
      Await.until(
          "the response",
          () -> {
            boolean answered = slow.getInputStream().available() > 0;
            if (!answered && sent[0]++ < LONGEST / 2) {
              write(slow, "1\r\na\r\n");
            }
            return answered;
          });

      assertThat(untilClosed(slow))
          .startsWith("HTTP/1.1 408 ")
          .contains("\r\nConnection: close\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Content-Length: 4, ab",
    "Transfer-Encoding: chunked, 2\\r\\nab\\r\\n",
    "Transfer-Encoding: chunked, zz\\r\\n",
  })
  void aBodyThatBreaksOffOrIsMalformedDoesNotReachTheServlet(String header, String body)
      throws Exception {
    try (Container container = new Container(LONG);
        Socket caller = container.send(request("/", header, body.translateEscapes()))) {
      caller.shutdownOutput();

      assertThat(untilClosed(caller)).startsWith("HTTP/1.1 400 ").doesNotContain("read");
    }
  }

  @Test
  void ofABodyBeyondTheLimitTheServletGetsEnoughToRefuseIt() throws Exception {
    String chunk = "3e8\r\n" + "a".repeat(LONGEST) + "\r\n";
    try (Container container = new Container(LONG);
        Socket caller =
            container.send(
                request("/", "Transfer-Encoding: chunked\r\nConnection: close", chunk + chunk))) {
      assertThat(untilClosed(caller)).contains(" " + (LONGEST + 1) + " read");
    }
  }

  // RFC 6750 §3: such a request is refused whatever its body says
  @Test
  void aRequestWithoutATokenPassesBeforeItsBodyArrives() throws Exception {
    String request = anonymousRequest("/unread", "Content-Length: 100", "a");
    try (Container container = new Container(LONG);
        Socket caller = container.send(request)) {
      assertThat(caller.getInputStream().read()).as("the response begins").isEqualTo('H');
    }
  }

  @Test
  void bodiesThatHaveNotArrivedTakeALimitedAmountOfMemory() throws Exception {
    int more = 600;
    String incomplete =
        request("/", "Content-Length: 20000", "a".repeat(BodyReceiver.KEPT_OF_EACH + more));
    try (Container container = new Container(new BodyReceiver(30_000, LONG, 2 * more + 1))) {
      try (Socket first = container.send(incomplete);
          Socket second = container.send(incomplete)) {
        Await.until("no room", () -> container.receiver.freeRoom() == 1);
        try (Socket third = container.send(incomplete)) {
          assertThat(untilClosed(third))
              .startsWith("HTTP/1.1 503 ")
              .contains("\r\nRetry-After: 5\r\n", "\r\nConnection: close\r\n");
        }
        String small = request("/", "Connection: close\r\nContent-Length: 5", "hello");
        try (Socket honest = container.send(small)) {
          assertThat(untilClosed(honest)).contains(" 5 read");
        }
        assertThat(first.getInputStream().available()).as("still open").isZero();
        assertThat(second.getInputStream().available()).as("still open").isZero();
      }
      Await.until("all room", () -> container.receiver.freeRoom() == 2 * more + 1);
    }
  }
}
