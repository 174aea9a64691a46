package dev.gatehouse;

import static dev.gatehouse.Posting.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.eclipse.jetty.io.Content;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9113 with a server that has it; what holds over HTTP/1.1 holds there. */
class Http2Test {

  @TempDir private static Path directory;
  @RegisterExtension final LogWatch log = new LogWatch();

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private Http2AuthorizationServer as;

  @BeforeAll
  static void makeKeys() throws Exception {
    KeyStores stores = new KeyStores(directory);
    stores.make("as", "CN=as", "-ext", "san=ip:127.0.0.1");
    stores.make("elsewhere", "CN=x", "-ext", "san=dns:as.example");
  }

  @BeforeEach
  void start() throws Exception {
    as = server("as", 0, true);
  }

  @AfterEach
  void stop() throws Exception {
    as.close();
    threads.shutdownNow();
  }

  private static Http2AuthorizationServer server(String key, int port, boolean http2)
      throws Exception {
    return new Http2AuthorizationServer(directory.resolve(key + ".p12"), port, http2);
  }

  private static BoundedHttpClient client(Duration requestTimeout) {
    return client(requestTimeout, "as");
  }

  private static BoundedHttpClient client(Duration requestTimeout, String trusted) {
    return new BoundedHttpClient(
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint("https://as.example/introspect")
            .clientAuthMethod("none")
            .requestTimeout(requestTimeout)
            .set("trust-store", directory.resolve(trusted + ".pem").toString())
            .build());
  }

  private ReadOnlyHTTPResponse post(BoundedHttpClient client) throws IOException {
    return Posting.post(client, as.origin());
  }

  @Test
  void aServerThatHasItIsAskedOverOneConnection() throws Exception {
    try (var client = client(LONG)) {
      assertThat(post(client).getHeaderMap())
          .containsEntry("content-type", List.of("application/json"));
      Callable<Void> asking =
          () -> {
            for (int i = 0; i < 10; i++) {
              assertThat(post(client).getBody()).isEqualTo("{\"active\":false}");
            }
            return null;
          };
      for (Future<Void> each : threads.invokeAll(Collections.nCopies(64, asking))) {
        each.get();
      }
    }
    assertThat(as.protocols()).hasSize(641).containsOnly("HTTP/2.0");
    assertThat(as.connections()).isEqualTo(1);
  }

  @Test
  void aServerThatHasItNoLongerIsAskedOverTheOldProtocolAndBack() throws Exception {
    try (var client = client(LONG)) {
      for (boolean http2 : new boolean[] {true, false, true}) {
        int port = as.port();
        as.close();
        as = server("as", port, http2);
        int failures = 0;
        while (failures < 3 && as.protocols().isEmpty()) {
          try {
            assertThat(post(client).getStatusCode()).isEqualTo(200);
          } catch (NoAnswerException e) {
            failures++; // the first that meets the new server may find out so
          }
        }
        assertThat(as.protocols()).containsExactly(http2 ? "HTTP/2.0" : "HTTP/1.1");
      }
    }
  }

  @Test
  void aServerThatRefusesEachConnectionHasNotAnswered() throws Exception {
    try (var client = client(LONG)) {
      post(client);
      as.close();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> post(client)).isInstanceOf(NoAnswerException.class);
      }
    }
  }

  @Test
  void aCertificateForAnotherHostIsNotTaken() throws Exception {
    as.close();
    as = server("elsewhere", 0, true);
    try (var client = client(LONG, "elsewhere")) {
      assertThatThrownBy(() -> post(client)).isInstanceOf(NoAnswerException.class);
    }
    assertThat(as.protocols()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 307, 308, 401})
  void noStatusMakesItAskAgain(int status) throws Exception {
    as.behave(
        (request, response, callback) -> {
          response.setStatus(status);
          response.getHeaders().put("Location", as.origin() + "/elsewhere");
          callback.succeeded();
        });
    try (var client = client(LONG)) {
      assertThat(post(client).getStatusCode()).isEqualTo(status);
    }
    assertThat(as.protocols()).hasSize(1);
  }

  @Test
  void theTimeLimitHoldsForASilentAndForATricklingServer() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    try (var client = client(LONG)) {
      post(client); // not within the short limit: a first handshake takes its time
      as.behave((request, response, callback) -> released.await());
      assertThat(catchThrowableOfType(IOException.class, () -> postInShortTime(client)))
          .matches(BoundedHttpClient::isTimeout, "is a time-out");
      as.behave(
          (request, response, callback) -> {
            while (released.getCount() > 0) {
              Content.Sink.write(response, false, ByteBuffer.wrap(new byte[] {' '}));
            }
            callback.succeeded();
          });
      assertThatThrownBy(() -> postInShortTime(client)).isInstanceOf(IOException.class);
    } finally {
      released.countDown();
    }
  }

  private ReadOnlyHTTPResponse postInShortTime(BoundedHttpClient client) throws IOException {
    return client.send(Posting.request(as.origin()), Deadline.in(Duration.ofMillis(300)));
  }

  @Test
  void aBodyWithoutEndIsTooLarge() throws Exception {
    try (var client = client(LONG)) {
      as.behave(
          (request, response, callback) -> {
            try {
              while (true) {
                Content.Sink.write(response, false, ByteBuffer.allocate(64 * 1024));
              }
            } catch (IOException e) {
              callback.failed(e); // the client has had enough
            }
          });
      assertThatThrownBy(() -> post(client)).isInstanceOf(OversizedAnswerException.class);
      as.behave(Http2AuthorizationServer.json("{}"));
      // The connection may be on its way down still: that is what the retry is for.
      assertThat(
              client.within(client.deadline()).send(Posting.request(as.origin())).getStatusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void anAnswerThatIsCutOffIsAnotherMatterThanNone() throws Exception {
    try (var client = client(LONG)) {
      as.behave(
          (request, response, callback) -> {
            Content.Sink.write(response, false, ByteBuffer.wrap(new byte[] {'{'}));
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            callback.succeeded();
          });
      assertThatThrownBy(() -> post(client))
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(NoAnswerException.class);
      as.behave(
          (request, response, callback) -> {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            callback.succeeded();
          });
      assertThatThrownBy(() -> post(client)).isInstanceOf(NoAnswerException.class);
    }
  }

  @Test
  void closingEndsWhatIsUnderWayAndLeavesNoThread() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    as.behave(
        (request, response, callback) -> {
          arrived.countDown();
          released.await();
          callback.succeeded();
        });
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    BoundedHttpClient client = client(LONG);
    Future<?> asking = threads.submit(() -> post(client));
    arrived.await();
    List<Thread> own =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !before.contains(thread))
            .filter(thread -> thread.getName().matches("gatehouse.*|.*requester.*|.*dispatch.*"))
            .toList();
    assertThat(own).hasSizeGreaterThan(1);

    client.close();

    assertThatThrownBy(asking::get).hasCauseInstanceOf(IOException.class);
    for (Thread thread : own) {
      thread.join(LONG.toMillis());
    }
    assertThat(own).noneMatch(Thread::isAlive);
    released.countDown();
  }

  @Test
  void anInterruptedThreadWaitsNoLonger() throws Exception {
    CountDownLatch released = new CountDownLatch(1);
    as.behave(
        (request, response, callback) -> {
          released.await();
          callback.succeeded();
        });
    try (var client = client(LONG)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> post(client)).isInstanceOf(IOException.class);
    } finally {
      released.countDown();
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
