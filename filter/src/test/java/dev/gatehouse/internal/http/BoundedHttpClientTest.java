package dev.gatehouse.internal.http;

import static dev.gatehouse.internal.http.HttpExchanges.LONG;
import static dev.gatehouse.internal.http.HttpExchanges.OK;
import static dev.gatehouse.internal.http.HttpExchanges.client;
import static dev.gatehouse.internal.http.HttpExchanges.post;
import static dev.gatehouse.internal.http.HttpExchanges.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.ServerFaultsTest;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.Faults;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawAuthorizationServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Guarantees of the HTTP client, over real sockets. For failures of the server see {@link
 * FailedExchangesTest}, for their effect on a whole request {@link ServerFaultsTest}.
 */
class BoundedHttpClientTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private RawAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new RawAuthorizationServer(RawAuthorizationServer.text(OK));
  }

  @AfterEach
  void stop() throws Exception {
    as.close();
    threads.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308, 401, 407})
  void noStatusMakesTheClientRepeatOrRedirectARequest(int status) throws Exception {
    try (var other = new RawAuthorizationServer(RawAuthorizationServer.text(OK));
        var client = client(LONG, 64)) {
      as.setBehaviour(
          RawAuthorizationServer.text(
              """
              HTTP/1.1 %d X\r
              Location: %s/\r
              WWW-Authenticate: Basic realm="x"\r
              Proxy-Authenticate: Basic realm="x"\r
              Content-Length: 0\r
              \r
              """
                  .formatted(status, other.origin())));

      assertThat(post(client, as.origin()).getStatusCode()).isEqualTo(status);
      assertThat(as.requests()).hasSize(1);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void requestsContainNoCookieAndOnlyNecessaryHeaders() throws Exception {
    try (var client = client(LONG, 64)) {
      as.setBehaviour(
          RawAuthorizationServer.text(OK.replace("OK\r\n", "OK\r\nSet-Cookie: a=b\r\n")));
      for (int i = 0; i < 2; i++) {
        client.within(client.deadline()).send(request(as.origin()));
      }
    }
    assertThat(as.requests())
        .allSatisfy(
            request ->
                assertThat(request.lines().takeWhile(line -> !line.isEmpty()))
                    .map(line -> line.replaceFirst("[ :].*", "").toLowerCase(Locale.ROOT))
                    .containsExactlyInAnyOrder(
                        "post",
                        "host",
                        "content-type",
                        "content-length",
                        "accept-encoding",
                        "connection",
                        "user-agent"))
        .hasSize(2);
  }

  @Test
  void aRequestThatFailsOnADeadPooledConnectionIsSentOnANewOne() throws Exception {
    AtomicInteger served = new AtomicInteger();
    AtomicInteger connections = new AtomicInteger();
    try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var client = client(LONG, 64)) {
      // Responds once per connection, and closes it when the next request arrives.
      threads.execute(
          () -> {
            while (!listener.isClosed()) {
              try (var socket = listener.accept()) {
                connections.incrementAndGet();
                RawAuthorizationServer.read(socket.getInputStream());
                served.incrementAndGet(); // before the response, after which the test continues
                RawAuthorizationServer.text(OK).respond(socket);
                socket.getInputStream().read();
                Faults.reset(socket);
              } catch (IOException | InterruptedException e) {
                return;
              }
            }
          });
      String origin = "http://127.0.0.1:" + listener.getLocalPort();
      for (int i = 0; i < 10; i++) {
        assertThat(client.within(client.deadline()).send(request(origin)).getStatusCode())
            .isEqualTo(200);
      }
    }
    assertThat(served).hasValue(10);
    assertThat(connections).hasValue(10);
  }

  @Test
  void sixtyFourConcurrentCallersUseAtMostSixtyFourConnections() throws Exception {
    Set<Object> connections = ConcurrentHashMap.newKeySet();
    try (var server = new FakeAuthorizationServer();
        var client = client(LONG, 64)) {
      server.introspection(
          exchange -> {
            connections.add(exchange.getRemoteAddress());
            FakeAuthorizationServer.json(200, "{}").respond(exchange);
          });
      Callable<Void> calls =
          () -> {
            for (int i = 0; i < 30; i++) {
              assertThat(post(client, server.issuer()).getStatusCode()).isEqualTo(200);
            }
            return null;
          };
      List<Callable<Void>> all = Collections.nCopies(64, calls);
      for (Future<Void> each : threads.invokeAll(all)) {
        each.get();
      }
    }
    assertThat(connections).hasSizeLessThanOrEqualTo(64);
  }

  @Test
  void closeEndsPendingExchangesAndLeavesNoThread() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    as.setBehaviour(
        socket -> {
          arrived.countDown();
          Faults.hang(socket);
        });
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    BoundedHttpClient client = client(LONG, 64);
    assertThat(threadsSince(before)).as("the watchdog's thread").isNotEmpty();
    Future<?> pending = threads.submit(() -> post(client, as.origin()));
    arrived.await();

    client.close();

    assertThatThrownBy(pending::get).hasCauseInstanceOf(IOException.class);
    assertThat(threadsSince(before)).isEmpty();
    assertThatThrownBy(() -> post(client, as.origin())).isInstanceOf(IOException.class);
  }

  private static List<Thread> threadsSince(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread) && thread.getName().startsWith("gatehouse"))
        .toList();
  }

  @Test
  void anInterruptedThreadGetsAResponseOrAFailureAndStaysInterrupted() throws Exception {
    try (var client = client(LONG, 64)) {
      Thread.currentThread().interrupt();
      try {
        assertThat(post(client, as.origin()).getStatusCode()).isEqualTo(200);
      } catch (IOException e) {
        assertThat(e).matches(late -> !BoundedHttpClient.isTimeout(late));
      }
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
