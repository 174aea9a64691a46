package dev.gatehouse.authorizationserver.internal.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import dev.gatehouse.authorizationserver.internal.endpoint.CallerAddress;
import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.internal.settings.DocumentRateLimits;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemoryReplayGuard;
import dev.gatehouse.authorizationserver.testing.AssertionKey;
import dev.gatehouse.authorizationserver.testing.HttpsHost;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys at the {@code jwks_uri} of a client, fetched from a real https server. */
@SuppressWarnings("NullAway.Init")
class KeysByAddressTest {
  private static final String ISSUER = "https://login.example.com";
  private static final String HONEST = "192.0.2.1";
  private static final String ATTACKER = "198.51.100.1";
  private static final AssertionKey FIRST = AssertionKey.ec("first");
  private static final AssertionKey SECOND = AssertionKey.rsa("second");
  private static final AssertionKey FORGED = AssertionKey.ec("first");
  private static final AssertionKey UNKNOWN = AssertionKey.ec("unknown");

  private final TurnedClock clock = new TurnedClock();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  @TempDir private static Path directory;
  private HttpsHost host;
  private AssertionVerifier verifier;
  private RegisteredClient client;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException, InterruptedException {
    host = new HttpsHost(directory);
    verifier = verifier(anywhere -> true);
    client = client("client", "/jwks.json");
  }

  @AfterEach
  void stop() {
    over.countDown();
    threads.shutdownNow();
    host.close();
  }

  private AssertionVerifier verifier(Predicate<InetAddress> allowed) {
    return new AssertionVerifier(
        ISSUER,
        List.of(),
        new KeysByAddress(
            new DocumentFetcher(host.trust(), allowed, Duration.ofSeconds(30)),
            new FetchPermits(DocumentRateLimits.of(InMemoryRateLimit.factory(), clock)),
            clock),
        new InMemoryReplayGuard(clock),
        clock);
  }

  private RegisteredClient client(String id, String path) {
    return RegisteredClient.builder(id).jwksUri(host.url(path)).build();
  }

  private boolean verify(AssertionKey key) {
    return verify(HONEST, client, key);
  }

  private boolean verify(String caller, RegisteredClient client, AssertionKey key) {
    CallerAddress.set(caller);
    try {
      return verifier.verify(
          new PrivateKeyJWT(key.sign(client.id(), ISSUER, clock.instant())), client);
    } finally {
      CallerAddress.clear();
    }
  }

  private void assertUnknown(String caller, RegisteredClient client, AssertionKey key, String why) {
    assertThatThrownBy(() -> verify(caller, client, key))
        .isInstanceOf(ClientUnreachableException.class)
        .hasMessageContaining(why);
  }

  private void serve(AssertionKey... keys) {
    host.serveJson(AssertionKey.jwks(keys));
  }

  private void serve(int status) {
    host.serve(exchange -> HttpsHost.answer(exchange, status, "text/plain", "x"));
  }

  @Test
  void keysAreFetchedForTheFirstAssertionAndServeTheNextOnes() {
    serve(FIRST, SECOND);
    assertThat(host.requests()).isZero();

    assertThat(verify(FIRST)).isTrue();
    assertThat(verify(SECOND)).isTrue();
    assertThat(host.requests()).isEqualTo(1);
  }

  @Test
  void noKeysAreFetchedForAnAssertionThatIsInvalidAnyway() {
    serve(FIRST);
    Instant now = clock.instant();
    for (SignedJWT assertion :
        List.of(
            FIRST.sign("client", "https://other.example.com", now),
            FIRST.sign("other", ISSUER, now),
            FIRST.sign("client", ISSUER, now.minus(Duration.ofHours(1))),
            FIRST.sign("client", ISSUER, now.plus(Duration.ofHours(1))))) {
      assertThat(verifier.verify(new PrivateKeyJWT(assertion), client)).isFalse();
    }

    assertThat(host.requests()).isZero();
  }

  @Test
  void aNewKeyIsAcceptedAtOnceAndARemovedOneWhenTheOldKeysAreNoLongerFresh() {
    serve(FIRST);
    assertThat(verify(FIRST)).isTrue();
    clock.turn(Duration.ofSeconds(10));
    serve(SECOND);

    assertThat(verify(FIRST)).isTrue();
    assertThat(host.requests()).isEqualTo(1);
    assertThat(verify(SECOND)).isTrue();
    assertThat(host.requests()).isEqualTo(2);
    assertThat(verify(FIRST)).isFalse();
  }

  @Test // a removed key stops working, even if no one uses the new one
  void aRemovedKeyIsRefusedAfterTheLifetimeOfTheKeys() {
    serve(FIRST);
    assertThat(verify(FIRST)).isTrue();
    serve(SECOND);

    clock.turn(Duration.ofMinutes(10).minusMillis(1));
    assertThat(verify(FIRST)).isTrue();
    clock.turn(Duration.ofMillis(1));
    assertThat(verify(FIRST)).isFalse();
  }

  @Test // by clients whose only key has no kid
  void aKeyThatWasReplacedUnderTheSameNameIsFetched() {
    AssertionKey before = AssertionKey.ec(null);
    AssertionKey after = AssertionKey.ec(null);
    serve(before);
    assertThat(verify(before)).isTrue();
    serve(after);
    clock.turn(Duration.ofSeconds(10));

    assertThat(verify(after)).isTrue();
    assertThat(verify(before)).isFalse();
  }

  @Test
  void forgedAssertionsCauseOneFetchInTenSeconds() {
    serve(FIRST);
    assertThat(verify(FIRST)).isTrue();
    for (int i = 0; i < 30; i++) {
      assertThat(verify(ATTACKER, client, i % 2 == 0 ? FORGED : UNKNOWN)).isFalse();
    }
    assertThat(host.requests()).isEqualTo(1);

    clock.turn(Duration.ofSeconds(10));
    for (int i = 0; i < 30; i++) {
      assertThat(verify(ATTACKER, client, i % 2 == 0 ? FORGED : UNKNOWN)).isFalse();
      assertThat(verify(FIRST)).isTrue();
    }
    assertThat(host.requests()).isEqualTo(2);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a private key       | {"keys":[PRIVATE]}
          a private key beside the public one | {"keys":[FIRST,PRIVATE]}
          a symmetric key     | {"keys":[FIRST,{"kty":"oct","kid":"x","k":"AAAA"}]}
          two keys of one name | {"keys":[FIRST,FIRST]}
          one of two without a name | {"keys":[FIRST,{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}
          a key for encryption | {"keys":[ENCRYPTS]}
          a null              | {"keys":[null]}
          no list             | {"keys":{}}
          no keys             | {}
          an empty list       | {"keys":[]}
          null                | null
          no JSON             | <html>
          a list              | [FIRST]
          an empty body       | ``
          """)
  void aSetOfKeysThatIsNotLegalVerifiesNothing(String what, String jwks) {
    String key = FIRST.key().toPublicJWK().toJSONString();
    host.serveJson(
        jwks.replace("PRIVATE", SECOND.key().toJSONString())
            .replace("FIRST", key)
            .replace("ENCRYPTS", key.replace("{", "{\"use\":\"enc\",")));

    assertThat(verify(FIRST)).isFalse();
    assertThat(verify(SECOND)).isFalse();
    assertThat(host.requests()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "404, false",
    "410, false",
    "302, false",
    "401, false",
    "200, false",
    "500, true",
    "503, true",
    "429, true"
  })
  void withoutKeysAnAssertionIsRefusedAndDuringAnOutageItIsUnknown(int status, boolean outage) {
    serve(status);

    for (int i = 0; i < 2; i++) { // the second time without a fetch
      if (outage) {
        assertUnknown(HONEST, client, FIRST, "status " + status);
      } else {
        assertThat(verify(FIRST)).isFalse();
      }
    }
    assertThat(host.requests()).isEqualTo(1);
    serve(FIRST);
    clock.turn(Duration.ofSeconds(10));
    assertThat(verify(FIRST)).isTrue();
  }

  @Test
  void duringAnOutageTheLastKeysServeForAnHourAndAreAskedForEveryTenSeconds() {
    serve(FIRST);
    assertThat(verify(FIRST)).isTrue();
    serve(503);

    clock.turn(Duration.ofMinutes(10));
    for (int i = 0; i < 5; i++) {
      assertThat(verify(FIRST)).isTrue();
      assertUnknown(HONEST, client, SECOND, "status 503");
    }
    assertThat(host.requests()).isEqualTo(2);
    clock.turn(Duration.ofSeconds(10));
    assertThat(verify(FIRST)).isTrue();
    assertThat(host.requests()).isEqualTo(3);

    clock.turn(Duration.ofMinutes(50).minusSeconds(10).minusMillis(1));
    assertThat(verify(FIRST)).isTrue();
    clock.turn(Duration.ofMillis(1));
    assertUnknown(HONEST, client, FIRST, "status 503");
  }

  @Test
  void keysThatAreGoneVerifyNothing() {
    serve(FIRST);
    assertThat(verify(FIRST)).isTrue();
    serve(404);

    clock.turn(Duration.ofMinutes(10));
    assertThat(verify(FIRST)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"max-age=60, 60", "no-store, 10", "max-age=86400, 1800"})
  void theHeadersSayHowLongKeysAreFresh(String cacheControl, int seconds) {
    host.serve(
        exchange -> {
          exchange.getResponseHeaders().set("Cache-Control", cacheControl);
          HttpsHost.answer(exchange, 200, "application/jwk-set+json", AssertionKey.jwks(FIRST));
        });
    assertThat(verify(FIRST)).isTrue();

    clock.turn(Duration.ofSeconds(seconds).minusMillis(1));
    assertThat(verify(FIRST)).isTrue();
    assertThat(host.requests()).isEqualTo(1);
    clock.turn(Duration.ofMillis(1));
    assertThat(verify(FIRST)).isTrue();
    assertThat(host.requests()).isEqualTo(2);
  }

  @Test
  void keysOnAPrivateAddressAreNotFetched() {
    serve(FIRST);
    verifier = verifier(PublicAddress::isPublic);

    assertThat(verify(FIRST)).isFalse();
    assertThat(host.requests()).isZero();
  }

  @Test // DNS rebinding: the name resolves to another address when connecting
  void theAddressIsCheckedAgainAfterConnecting() {
    serve(FIRST);
    AtomicBoolean first = new AtomicBoolean(true); // read by the threads that fetch
    verifier = verifier(address -> first.getAndSet(false));

    assertThat(verify(FIRST)).isFalse();
    assertThat(host.requests()).isZero();
  }

  @Test
  void redirectsAreNotFollowedAndTooManyBytesAreNotRead() {
    host.serve(
        exchange -> {
          exchange.getResponseHeaders().set("Location", host.url("/elsewhere"));
          HttpsHost.answer(exchange, 302, "application/json", AssertionKey.jwks(FIRST));
        });
    assertThat(verify(FIRST)).isFalse();
    assertThat(host.requests()).isEqualTo(1);

    host.serveJson(AssertionKey.jwks(FIRST) + " ".repeat(DocumentFetcher.LONGEST));
    assertThat(verify(HONEST, client("other", "/other"), FIRST)).isFalse();
  }

  @Test // the keys of others are public: only an assertion proves that they are the client's
  void fetchesThatVerifyNothingCountAsFailuresOfTheCallerAndTheTarget() {
    serve(FIRST);
    for (int i = 0; i < 20; i++) {
      assertThat(verify(ATTACKER, client("evil", "/of-others?" + i), UNKNOWN)).isFalse();
    }
    int before = host.requests();
    assertUnknown(ATTACKER, client("evil", "/of-others?x"), UNKNOWN, "failed look-ups");
    assertThat(host.requests()).isEqualTo(before);

    assertThat(verify(HONEST, client, FIRST)).isTrue();
    for (int i = 0; i < 40; i++) {
      RegisteredClient evil = client("evil", "/of-others?" + (100 + i));
      assertThat(verify("203.0.113." + i, evil, UNKNOWN)).isFalse();
    }
    RegisteredClient evil = client("evil", "/of-others?y");
    assertUnknown("203.0.113.99", evil, UNKNOWN, "address of this host");
    // A client whose keys have verified an assertion is not turned away.
    clock.turn(Duration.ofSeconds(10));
    serve(SECOND);
    assertThat(verify(HONEST, client, SECOND)).isTrue();
  }

  @Test
  void fetchesThatVerifyAnAssertionAreNotCounted() {
    serve(FIRST);
    for (int i = 0; i < 70; i++) {
      assertThat(verify(HONEST, client("client", "/jwks?" + i), FIRST)).isTrue();
    }
  }

  @Test
  void concurrentAssertionsShareOneFetchAndOnlyAFewMayWait() throws Exception {
    CountDownLatch arrived = serveSlowly(FIRST);
    List<CompletableFuture<Boolean>> results = new ArrayList<>();
    results.add(CompletableFuture.supplyAsync(() -> verify(FIRST), threads));
    assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
    for (int i = 0; i < 20; i++) {
      results.add(CompletableFuture.supplyAsync(() -> verify(FIRST), threads));
    }
    Await.until(
        "twelve are turned away",
        () -> results.stream().filter(CompletableFuture::isCompletedExceptionally).count() == 12);
    over.countDown();

    assertThat(
            results.stream()
                .filter(result -> !result.isCompletedExceptionally())
                .map(CompletableFuture::join))
        .hasSize(9)
        .containsOnly(true);
    assertThat(host.requests()).isEqualTo(1);
  }

  @Test
  void whileKeysAreFetchedAgainTheLastOnesServe() throws Exception {
    serve(FIRST);
    assertThat(verify(FIRST)).isTrue();
    clock.turn(Duration.ofMinutes(10));
    CountDownLatch arrived = serveSlowly(SECOND);
    CompletableFuture<Boolean> slow =
        CompletableFuture.supplyAsync(() -> verify(ATTACKER, client, FORGED), threads);
    assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();

    assertThat(verify(FIRST)).isTrue();

    over.countDown();
    assertThat(slow.get(30, TimeUnit.SECONDS)).isFalse();
  }

  @Test // a thief could send two assertions at once
  void aRemovedKeyIsRefusedAfterHalfAnHourAlsoWhileKeysAreFetchedAgain() throws Exception {
    serve(FIRST);
    assertThat(verify(FIRST)).isTrue();
    clock.turn(Duration.ofMinutes(30).minusMillis(1));
    CountDownLatch arrived = serveSlowly(SECOND);
    CompletableFuture<Boolean> forged =
        CompletableFuture.supplyAsync(() -> verify(ATTACKER, client, FORGED), threads);
    assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(verify(ATTACKER, client, FIRST)).isTrue();

    clock.turn(Duration.ofMillis(1));
    CompletableFuture<Boolean> removed =
        CompletableFuture.supplyAsync(() -> verify(ATTACKER, client, FIRST), threads);
    CompletableFuture<Boolean> current =
        CompletableFuture.supplyAsync(() -> verify(SECOND), threads);
    over.countDown();

    assertThat(removed.get(30, TimeUnit.SECONDS)).isFalse();
    assertThat(current.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(forged.get(30, TimeUnit.SECONDS)).isFalse();
  }

  @Test // a thief could use up its share of the fetches first
  void aRemovedKeyIsRefusedAfterHalfAnHourAlsoWhenTheCallerMayFetchNoMore() {
    serve(FIRST);
    assertThat(verify(FIRST)).isTrue();
    serve(SECOND);
    clock.turn(Duration.ofMinutes(30).minusSeconds(20));
    for (int i = 0; i < 23; i++) {
      assertThat(verify(ATTACKER, client("evil", "/evil?" + i), SECOND)).isTrue();
    }
    clock.turn(Duration.ofSeconds(10));
    failAtKnownAddresses(0, 20);

    assertThat(verify(ATTACKER, client, FIRST)).isTrue();
    clock.turn(Duration.ofSeconds(10));
    // Ten seconds refund three of twenty failures.
    failAtKnownAddresses(20, 23);
    assertUnknown(ATTACKER, client, FIRST, "failed look-ups");
    assertThat(verify(FIRST)).isFalse();
  }

  private void failAtKnownAddresses(int from, int to) {
    for (int i = from; i < to; i++) {
      assertThat(verify(ATTACKER, client("evil", "/evil?" + i), UNKNOWN)).isFalse();
    }
  }

  /** Sends blanks until the test is over, so that no read timeout ends the response. */
  private CountDownLatch serveSlowly(AssertionKey key) {
    CountDownLatch arrived = new CountDownLatch(1);
    host.serve(
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            arrived.countDown();
            while (!over.await(100, TimeUnit.MILLISECONDS)) {
              exchange.getResponseBody().write(' ');
              exchange.getResponseBody().flush();
            }
            exchange.getResponseBody().write(AssertionKey.jwks(key).getBytes(UTF_8));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return arrived;
  }
}
