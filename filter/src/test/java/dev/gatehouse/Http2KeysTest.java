package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Keys that change just as an exchange over HTTP/2 begins, or when all is over. */
@Timeout(120)
class Http2KeysTest {

  @TempDir private static Path directory;
  @RegisterExtension final LogWatch log = new LogWatch();

  private final Set<Thread> before = Thread.getAllStackTraces().keySet();
  private Http2AuthorizationServer as;
  private Path trusted;
  private Settings settings;

  @BeforeAll
  static void makeKeys() throws Exception {
    KeyStores stores = new KeyStores(directory);
    stores.make("as", "CN=as", "-ext", "san=ip:127.0.0.1");
    stores.make("another", "CN=another", "-ext", "san=ip:127.0.0.1");
  }

  @BeforeEach
  void start(@TempDir Path mounted) throws Exception {
    as = new Http2AuthorizationServer(directory.resolve("as.p12"), 0, true);
    trusted = Files.copy(directory.resolve("as.pem"), mounted.resolve("trust.pem"));
    settings =
        Settings.builder()
            .resource("https://mcp.example/mcp")
            .introspectionEndpoint(as.origin() + "/introspect")
            .clientAuthMethod("none")
            .set("trust-store", trusted.toString())
            .build();
  }

  @AfterEach
  void stop() {
    as.close();
  }

  private HTTPRequest request() {
    HTTPRequest request =
        new HTTPRequest(HTTPRequest.Method.POST, URI.create(as.origin() + "/introspect"));
    request.setHeader("Content-Type", "application/x-www-form-urlencoded");
    request.setBody("token=" + Secrets.token());
    return request;
  }

  /** The library's, which keep a connection. */
  private List<Thread> connectionThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !before.contains(thread))
        .filter(thread -> thread.getName().matches(".*requester.*|.*dispatch.*"))
        .toList();
  }

  @Test
  void whatComesToAConnectionThatHasJustBeenRetiredMayBeSentAgain() throws Exception {
    try (Http2Exchanges old = exchanges();
        TimeLimit timeLimit = new TimeLimit();
        TimeLimit.Exchange exchange = timeLimit.begin(Deadline.in(settings.requestTimeout))) {
      assertThat(old.exchange(request(), exchange).getStatusCode()).isEqualTo(200);

      old.retire();
      awaitNoConnectionThread();
      NoAnswerException failure =
          catchThrowableOfType(NoAnswerException.class, () -> old.exchange(request(), exchange));
      assertThat(failure.isOfUsedConnection()).isTrue();
    }
  }

  @Test
  void whatIsUnderWayWhenItIsRetiredGoesOnToItsEnd() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    as.behave(
        (request, response, callback) -> {
          arrived.countDown();
          released.await();
          Http2AuthorizationServer.json("{}").answer(request, response, callback);
        });
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Http2Exchanges old = exchanges();
        TimeLimit timeLimit = new TimeLimit();
        TimeLimit.Exchange exchange = timeLimit.begin(Deadline.in(Duration.ofMinutes(2)))) {
      Future<HTTPResponse> asking = threads.submit(() -> old.exchange(request(), exchange));
      arrived.await();
      old.retire();
      released.countDown();

      assertThat(asking.get().getStatusCode()).isEqualTo(200);
      awaitNoConnectionThread();
    } finally {
      released.countDown();
      threads.shutdownNow();
    }
  }

  private Http2Exchanges exchanges() {
    return new Http2Exchanges(settings, Objects.requireNonNull(settings.tls).get());
  }

  private void awaitNoConnectionThread() throws InterruptedException {
    for (Thread thread : connectionThreads()) {
      thread.join(TimeUnit.MINUTES.toMillis(1));
    }
    assertThat(connectionThreads()).isEmpty();
  }

  @Test
  void onceItIsClosedNewKeysMakeNoNewConnections() throws Exception {
    BoundedHttpClient client = new BoundedHttpClient(settings);
    assertThat(client.send(request(), client.deadline()).getStatusCode()).isEqualTo(200);
    client.close();
    awaitNoConnectionThread();

    Files.write(trusted, Files.readAllBytes(directory.resolve("another.pem")));
    Objects.requireNonNull(settings.tls).look();
    assertThatThrownBy(() -> client.send(request(), client.deadline()))
        .isInstanceOf(IOException.class);
    assertThat(connectionThreads()).isEmpty();
  }
}
