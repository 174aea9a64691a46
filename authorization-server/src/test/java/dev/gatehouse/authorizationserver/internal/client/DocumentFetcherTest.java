package dev.gatehouse.authorizationserver.internal.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.internal.client.DocumentFetcher.Busy;
import dev.gatehouse.authorizationserver.internal.client.DocumentFetcher.Fetched;
import dev.gatehouse.authorizationserver.internal.client.DocumentFetcher.NoDocument;
import dev.gatehouse.authorizationserver.internal.client.DocumentFetcher.Outcome;
import dev.gatehouse.authorizationserver.internal.client.DocumentFetcher.Unreachable;
import dev.gatehouse.authorizationserver.testing.HttpsHost;
import java.io.IOException;
import java.net.Authenticator;
import java.net.InetAddress;
import java.net.PasswordAuthentication;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a URL that an unauthenticated caller supplies can make this server do, and what not. */
@SuppressWarnings("NullAway.Init")
class DocumentFetcherTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Runnable NOTHING = DocumentFetcherTest::nothing;

  @TempDir private static Path directory;
  private HttpsHost host;
  private DocumentFetcher fetcher;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException, InterruptedException {
    host = new HttpsHost(directory);
    fetcher = new DocumentFetcher(host.trust(), anywhere -> true, TIMEOUT);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private static void nothing() {}

  private Outcome fetch() {
    return fetcher.fetch(URI.create(host.url("/client.json")), addresses -> true, NOTHING);
  }

  @Test
  void aDocumentIsFetchedWithoutCookiesOrCredentials() {
    List<String> received = new ArrayList<>();
    host.serve(
        exchange -> {
          received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          received.addAll(exchange.getRequestHeaders().keySet());
          HttpsHost.answer(exchange, 200, "application/json", "{\"é\":1}");
        });

    assertThat(fetch()).isEqualTo(new Fetched("{\"é\":1}", CacheLifetime.DEFAULT));
    assertThat(received)
        .contains("GET /client.json", "Accept")
        .doesNotContain("Cookie", "Authorization", "Referer");
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "401, WWW-Authenticate, Basic realm=x",
    "401, WWW-Authenticate, 'Digest realm=\"x\", nonce=\"x\"'",
    "407, Proxy-Authenticate, Basic realm=x",
  })
  void theCredentialsOfTheApplicationAreGivenToNoHost(int status, String header, String challenge) {
    AtomicInteger asked = new AtomicInteger();
    host.serve(
        exchange -> {
          exchange.getResponseHeaders().set(header, challenge);
          HttpsHost.answer(exchange, status, "text/plain", "who are you?");
        });
    Authenticator.setDefault(
        new Authenticator() {
          @Override
          protected PasswordAuthentication getPasswordAuthentication() {
            asked.incrementAndGet();
            return new PasswordAuthentication("application", "secret".toCharArray());
          }
        });
    try {
      assertThat(fetch()).isInstanceOf(NoDocument.class);
    } finally {
      Authenticator.setDefault(null);
    }

    assertThat(asked).hasValue(0);
    assertThat(host.requests()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json                          | true
          Application/JSON                          | true
          application/json; charset=utf-8           | true
          application/json ;charset=utf-8           | true
          application/oauth-client-metadata+json    | true
          text/json                                 | false
          text/html                                 | false
          application/jsonp                         | false
          application/json-patch                    | false
          application/+json                         | false
          text/plain; application/json              | false
          """)
  void onlyJsonIsADocument(String type, boolean accepted) {
    host.serve(exchange -> HttpsHost.answer(exchange, 200, type, "{}"));

    assertThat(fetch()).isInstanceOf(accepted ? Fetched.class : NoDocument.class);
  }

  @ParameterizedTest
  @CsvSource({
    "201, false",
    "204, false",
    "206, false",
    "301, false",
    "302, false",
    "307, false",
    "308, false",
    "400, false",
    "401, false",
    "404, false",
    "410, false",
    "408, true",
    "425, true",
    "429, true",
    "500, true",
    "502, true",
    "503, true",
  })
  void otherStatusesAreNoDocumentAndThoseOfServersInTroubleMayBeTemporary(
      int status, boolean temporary) {
    host.serve(
        exchange -> {
          exchange.getResponseHeaders().set("Location", host.url("/elsewhere"));
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
          HttpsHost.answer(
              exchange, status, "application/json", status == 204 ? "" : "{\"a\":\"b\"}");
        });

    assertThat(fetch()).isInstanceOf(temporary ? Unreachable.class : NoDocument.class);
    assertThat(host.requests()).isEqualTo(1);
  }

  @Test
  void aDocumentOfExactlyTheLimitIsReadAndOneByteMoreIsRefused() {
    String longest = "x".repeat(DocumentFetcher.LONGEST);
    host.serveJson(longest);
    assertThat(fetch()).isEqualTo(new Fetched(longest, CacheLifetime.DEFAULT));

    host.serveJson(longest + "x");
    assertThat(fetch()).isInstanceOf(NoDocument.class);
  }

  @Test // the limit counts bytes that arrive, not those that are announced
  void aDocumentWithoutAnEndIsCutOff() {
    host.serve(
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0); // chunked
            byte[] chunk = "x".repeat(1024).getBytes(UTF_8);
            while (true) {
              exchange.getResponseBody().write(chunk);
            }
          }
        });

    assertThat(fetch()).isEqualTo(new NoDocument("more than 20480 bytes"));
  }

  @Test
  void aCompressedDocumentIsNotUnpacked() {
    host.serve(
        exchange -> {
          exchange.getResponseHeaders().set("Content-Encoding", "gzip");
          HttpsHost.answer(exchange, 200, "application/json", "not gzip");
        });

    assertThat(fetch()).isEqualTo(new Fetched("not gzip", CacheLifetime.DEFAULT));
  }

  @Test
  void aCertificateThatIsNotTrustedIsRefused() {
    DocumentFetcher platform =
        new DocumentFetcher(
            (SSLSocketFactory) SSLSocketFactory.getDefault(), anywhere -> true, TIMEOUT);

    assertThat(platform.fetch(URI.create(host.url("/client.json")), addresses -> true, NOTHING))
        .isInstanceOf(Unreachable.class);
    assertThat(host.requests()).isZero();
  }

  @Test // the certificate names 127.0.0.1 and localhost
  void aCertificateOfAnotherHostIsRefused() {
    URI other = URI.create(host.url("/client.json").replace("127.0.0.1", "127.0.0.2"));
    DocumentFetcher all = new DocumentFetcher(host.trust(), anywhere -> true, TIMEOUT);

    assertThat(all.fetch(other, addresses -> true, NOTHING)).isInstanceOf(Unreachable.class);
    assertThat(host.requests()).isZero();
  }

  @Test
  void aHostThatDoesNotExistMayBeTemporary() {
    // RFC 6761 §6.4: never resolves
    assertThat(fetcher.fetch(URI.create("https://client.invalid/x"), addresses -> true, NOTHING))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void aPortWhereNothingListensMayBeTemporary() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }

    assertThat(
            fetcher.fetch(
                URI.create("https://127.0.0.1:" + free + "/x"), addresses -> true, NOTHING))
        .isInstanceOf(Unreachable.class);
  }

  @Test
  void aServerThatSpeaksNoTlsMayBeTemporary() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> answering =
          CompletableFuture.runAsync(
              () -> {
                try (var socket = server.accept()) {
                  socket.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n{}".getBytes(UTF_8));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });

      assertThat(
              fetcher.fetch(
                  URI.create("https://127.0.0.1:" + server.getLocalPort() + "/x"),
                  addresses -> true,
                  NOTHING))
          .isInstanceOf(Unreachable.class);
      answering.join();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1/x", "file:///etc/passwd", "ftp://127.0.0.1/x"})
  void onlyHttpsIsFetched(String url) {
    assertThat(fetcher.fetch(URI.create(url), addresses -> true, NOTHING))
        .isEqualTo(new NoDocument("no https URL"));
  }

  @Test
  void everyAddressOfTheHostMustBeAllowed() {
    List<InetAddress> checked = new ArrayList<>();
    DocumentFetcher refusing =
        new DocumentFetcher(
            host.trust(),
            address -> {
              checked.add(address);
              return false;
            },
            TIMEOUT);

    assertThat(refusing.fetch(URI.create(host.url("/client.json")), addresses -> true, NOTHING))
        .isEqualTo(new NoDocument("the host is not on a public address"));
    assertThat(checked).isNotEmpty();
    assertThat(host.requests()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[::ffff:7f00:1]/x",
        "https://[64:ff9b::7f00:1]/x",
        "https://[2002:7f00:1::]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/x",
        "https://[fd00:ec2::254]/x",
        "https://localhost/x",
        "https://0.0.0.0/x",
      })
  void addressesInsideTheNetworkAreNotReached(String url) {
    DocumentFetcher guarded = new DocumentFetcher(host.trust(), PublicAddress::isPublic, TIMEOUT);

    assertThat(guarded.fetch(URI.create(url), addresses -> true, NOTHING))
        .isEqualTo(new NoDocument("the host is not on a public address"));
  }

  @Test // slow hosts must not occupy all threads of this server
  void eightFetchesRunAtOnceAndAFurtherOneIsRefusedAtOnce() throws Exception {
    CountDownLatch arrived = new CountDownLatch(8);
    CountDownLatch over = new CountDownLatch(1);
    host.serve(
        exchange -> {
          arrived.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          HttpsHost.answer(exchange, 200, "application/json", "{}");
        });
    ExecutorService callers = Executors.newFixedThreadPool(9);
    try {
      List<CompletableFuture<Outcome>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        running.add(CompletableFuture.supplyAsync(this::fetch, callers));
      }
      assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();

      assertThat(fetch()).isEqualTo(new Busy("too many concurrent requests"));
      // A known document has other threads.
      CompletableFuture<Outcome> known =
          CompletableFuture.supplyAsync(
              () -> fetcher.fetchAgain(URI.create(host.url("/client.json")), NOTHING), callers);

      over.countDown();
      running.add(known);
      for (CompletableFuture<Outcome> each : running) {
        // The read timeout of 3 s may end one of them on a slow machine.
        assertThat(each.get(30, TimeUnit.SECONDS))
            .isNotInstanceOf(NoDocument.class)
            .isNotInstanceOf(Busy.class);
      }
    } finally {
      over.countDown();
      callers.shutdownNow();
    }
  }

  @Test
  void whileTheResolverIsSlowTheFetchCountsAsRunningAndConnectsToNothingAfterwards()
      throws Exception {
    CountDownLatch resolved = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    DocumentFetcher hasty =
        new DocumentFetcher(host.trust(), address -> isDone(resolved), Duration.ofMillis(100));
    List<InetAddress> targets = new CopyOnWriteArrayList<>();

    Outcome outcome =
        hasty.fetch(
            URI.create(host.url("/client.json")),
            addresses -> targets.addAll(List.of(addresses)),
            ended::countDown);

    assertThat(outcome).isEqualTo(new Unreachable("too slow"));
    assertThat(ended.getCount()).isOne();
    resolved.countDown();
    assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(targets).isEmpty();
    assertThat(host.requests()).isZero();
  }

  /** Waits like the resolver of the platform, which ignores interrupts. */
  private static boolean isDone(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return true;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          interim responses | HTTP/1.1 100 Continue\\r\\n\\r\\n | HTTP/1.1 100 Continue\\r\\n\\r\\n
          headers           | HTTP/1.1 200 OK\\r\\n           | X: a\\r\\n
          a header          | HTTP/1.1 200 OK\\r\\nX: a       | a
          trailers          | HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n | X: a\\r\\n
          """)
  void anEndlessResponseIsCutOffAndIsNoFailureOfThisServer(String what, String begin, String more)
      throws Exception {
    byte[] part = more.translateEscapes().repeat(1_000).getBytes(UTF_8);
    try (ServerSocket server = host.listen()) {
      CompletableFuture<Void> answering =
          CompletableFuture.runAsync(
              () -> {
                try (var socket = server.accept()) {
                  socket.getOutputStream().write(begin.translateEscapes().getBytes(UTF_8));
                  while (true) {
                    socket.getOutputStream().write(part);
                  }
                } catch (IOException e) {
                  // The fetcher has closed the connection.
                }
              });

      assertThat(
              fetcher.fetch(
                  URI.create("https://127.0.0.1:" + server.getLocalPort() + "/x"),
                  addresses -> true,
                  NOTHING))
          .as(what)
          .isInstanceOf(Unreachable.class)
          .isNotEqualTo(new Unreachable("too slow"));
      answering.join();
    }
  }

  @Test // ESC and NEL could forge lines of the log or of a terminal
  void aContentTypeThatIsNotPrintableIsNotQuoted() {
    host.serve(exchange -> HttpsHost.answer(exchange, 200, "text/\u001b[2Jx", "{}"));

    assertThat(fetch()).isEqualTo(new NoDocument("status 200, content type not printable"));
  }

  @Test
  void anInterruptEndsTheWaitAndIsNotLost() {
    host.serveJson("{}");
    Thread.currentThread().interrupt();

    Outcome outcome = fetch();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(outcome).isEqualTo(new Unreachable("interrupted"));
  }
}
