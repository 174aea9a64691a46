package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.internal.endpoint.CallerAddress;
import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.internal.settings.DocumentRateLimits;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.HttpsHost;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What callers that name made-up documents can do to others, with a real https server. */
@SuppressWarnings("NullAway.Init")
class ClientDocumentLimitsTest {
  private static final String ATTACKER = "198.51.100.1";
  private static final String HONEST = "192.0.2.1";
  private static final int FAILURES_OF_A_CALLER = 20;
  private static final int FAILURES_AT_A_TARGET = 60;

  private final TurnedClock clock = new TurnedClock();
  private final CountDownLatch over = new CountDownLatch(1);
  private final CountDownLatch hanging = new CountDownLatch(2);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  @TempDir private static Path directory;
  private HttpsHost host;
  private ClientMetadataDocuments clients;
  private String id;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException, InterruptedException {
    host = new HttpsHost(directory);
    id = host.url("/valid/client.json");
    host.serve(
        exchange -> {
          String path = exchange.getRequestURI().toString();
          if (path.startsWith("/hanging")) {
            hang();
          }
          String body =
              "{\"client_id\":\""
                  + host.url(path)
                  + "\",\"redirect_uris\":[\"https://app.example.com/cb\"]}";
          HttpsHost.answer(
              exchange, path.startsWith("/valid") ? 200 : 404, "application/json", body);
        });
    clients =
        new ClientMetadataDocuments(
            new InMemoryClientRegistry(List.of()),
            new DocumentFetcher(host.trust(), anywhere -> true, Duration.ofSeconds(30)),
            Set.of(),
            new FetchPermits(DocumentRateLimits.of(InMemoryRateLimit.factory(), clock)),
            clock);
  }

  private void hang() {
    hanging.countDown();
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void stop() {
    over.countDown();
    threads.shutdownNow();
    host.close();
  }

  private Optional<RegisteredClient> find(String caller, String clientId) {
    CallerAddress.set(caller);
    try {
      return clients.find(clientId);
    } finally {
      CallerAddress.clear();
    }
  }

  private AbstractThrowableAssert<?, ?> assertRefused(String caller, String clientId) {
    return assertThatThrownBy(() -> find(caller, clientId))
        .isInstanceOf(ClientUnreachableException.class);
  }

  @Test
  void theFailuresOfOneCallerAreLimitedAndDoNotLockOutTheClientsOfTheHost() {
    for (int i = 0; i < FAILURES_OF_A_CALLER; i++) {
      assertThat(find(ATTACKER, host.url("/made-up/" + i))).isEmpty();
    }

    assertRefused(ATTACKER, host.url("/made-up")).hasMessageContaining("failed look-ups");
    assertThat(host.requests()).isEqualTo(FAILURES_OF_A_CALLER);
    assertThat(find(HONEST, id)).isPresent();
    clock.turn(Duration.ofMinutes(1));
    assertThat(find(ATTACKER, host.url("/made-up"))).isEmpty();
  }

  @Test
  void documentsThatExistAreNotCounted() {
    for (int i = 0; i < FAILURES_AT_A_TARGET + 10; i++) {
      assertThat(find(HONEST, host.url("/valid/" + i))).isPresent();
    }
  }

  @Test // wildcard DNS names that stand for one victim, named by callers with many addresses
  void failuresAreLimitedByTheAddressOfTheTargetWhateverItsName() {
    assertThat(find(HONEST, id)).isPresent();
    clock.turn(Duration.ofMinutes(10));
    int before = host.requests();
    for (int i = 0; i < FAILURES_AT_A_TARGET; i++) {
      String name = i % 2 == 0 ? "localhost" : "127.0.0.1";
      String madeUp = host.url("/made-up/" + i).replace("127.0.0.1", name);
      assertThat(find("198.51.100." + i, madeUp)).isEmpty();
    }

    assertRefused("203.0.113.1", host.url("/made-up")).hasMessageContaining("address of this host");
    assertThat(host.requests()).isEqualTo(before + FAILURES_AT_A_TARGET);
    // A client that was valid before is not turned away.
    assertThat(find(HONEST, id)).isPresent();
    assertThat(host.requests()).isEqualTo(before + FAILURES_AT_A_TARGET + 1);
  }

  @Test
  void slowLookUpsOfOneCallerDoNotKeepOthersFromTheirs() throws InterruptedException {
    List<CompletableFuture<?>> slow = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      String hangs = host.url("/hanging/" + i);
      slow.add(CompletableFuture.runAsync(() -> find(ATTACKER, hangs), threads));
    }
    assertThat(hanging.await(30, TimeUnit.SECONDS)).isTrue();

    assertRefused(ATTACKER, host.url("/hanging")).hasMessageContaining("concurrent look-ups");
    assertThat(find(HONEST, id)).isPresent();

    over.countDown();
    CompletableFuture.allOf(slow.toArray(new CompletableFuture<?>[0]))
        .handle((done, failure) -> true)
        .join();
    assertThat(find(ATTACKER, host.url("/valid/again"))).isPresent();
  }

  @ParameterizedTest
  @CsvSource({"200, true", "404, false"})
  void whileAKnownDocumentIsBeingFetchedTheLastOneServesOthersForHalfAnHourAndThenTheyWait(
      int status, boolean exists) throws Exception {
    assertThat(find(HONEST, id)).isPresent();
    clock.turn(Duration.ofMinutes(10));
    CompletableFuture<Optional<RegisteredClient>> first = fetchSlowly(status);

    assertThat(find(HONEST, id)).isPresent();
    clock.turn(Duration.ofMinutes(20));
    assertThat(find(HONEST, id)).isPresent();
    clock.turn(Duration.ofMillis(1));
    List<CompletableFuture<Optional<RegisteredClient>>> others = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      others.add(CompletableFuture.supplyAsync(() -> find(HONEST, id), threads));
    }
    Await.until(
        "one is turned away",
        () -> others.stream().anyMatch(CompletableFuture::isCompletedExceptionally));
    over.countDown();

    assertThat(first.get(30, TimeUnit.SECONDS).isPresent()).isEqualTo(exists);
    others.removeIf(CompletableFuture::isCompletedExceptionally);
    assertThat(others).hasSize(8);
    for (CompletableFuture<Optional<RegisteredClient>> other : others) {
      assertThat(other.get(30, TimeUnit.SECONDS).isPresent()).isEqualTo(exists);
    }
  }

  @Test
  void whileADocumentOfAHostThatWasDownIsBeingFetchedTheLastOneServesOthersForAnHour()
      throws Exception {
    assertThat(find(HONEST, id)).isPresent();
    clock.turn(Duration.ofMinutes(10));
    host.serve(exchange -> HttpsHost.answer(exchange, 503, "text/plain", "down"));
    assertThat(find(HONEST, id)).isPresent();
    clock.turn(Duration.ofMinutes(50));
    CompletableFuture<Optional<RegisteredClient>> first = fetchSlowly(404);

    assertThat(find(HONEST, id)).isPresent();

    over.countDown();
    assertThat(first.get(30, TimeUnit.SECONDS)).isEmpty();
  }

  private CompletableFuture<Optional<RegisteredClient>> fetchSlowly(int status)
      throws InterruptedException {
    String body =
        "{\"client_id\":\"" + id + "\",\"redirect_uris\":[\"https://app.example.com/cb\"]}";
    CountDownLatch arrived = new CountDownLatch(1);
    host.serve(
        exchange -> {
          arrived.countDown();
          hang();
          HttpsHost.answer(exchange, status, "application/json", body);
        });
    CompletableFuture<Optional<RegisteredClient>> slow =
        CompletableFuture.supplyAsync(() -> find(ATTACKER, id), threads);
    assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
    return slow;
  }

  @Test // otherwise an attacker with clients of its own could keep all others from being refreshed
  void theKnownClientsOfOneCallerTakeOneThreadAndItsFailuresAreLimited() throws Exception {
    assertThat(find(HONEST, id)).isPresent();
    for (int i = 0; i < FAILURES_OF_A_CALLER; i++) {
      assertThat(find(ATTACKER, host.url("/valid/" + i))).isPresent();
    }
    clock.turn(Duration.ofMinutes(10));
    CountDownLatch arrived = new CountDownLatch(1);
    host.serve(
        exchange -> {
          if (exchange.getRequestURI().toString().equals("/valid/0")) {
            arrived.countDown();
            hang();
          }
          HttpsHost.answer(exchange, 500, "text/plain", "down");
        });
    CompletableFuture<?> slow =
        CompletableFuture.runAsync(() -> find(ATTACKER, host.url("/valid/0")), threads);
    assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
    int before = host.requests();

    assertThat(find(ATTACKER, host.url("/valid/1"))).isPresent();
    assertThat(host.requests()).isEqualTo(before);
    // The honest caller's look-up reaches the host, which is down: the last document serves.
    assertThat(find(HONEST, id)).isPresent();
    assertThat(host.requests()).isEqualTo(before + 1);

    over.countDown();
    slow.handle((done, failure) -> true).join();
    for (int i = 1; i < FAILURES_OF_A_CALLER; i++) {
      assertThat(find(ATTACKER, host.url("/valid/" + i))).isPresent();
    }
    clock.turn(Duration.ofSeconds(10));
    before = host.requests();
    for (int i = 1; i < FAILURES_OF_A_CALLER; i++) {
      assertThat(find(ATTACKER, host.url("/valid/" + i))).isPresent();
    }
    // Ten seconds refund three of twenty failures.
    assertThat(host.requests()).isEqualTo(before + 3);
  }

  @Test // RFC 6177 §2: a site may have a /48
  void theNetworksOfOneIpv6SiteAreOneCaller() {
    for (int i = 0; i < FAILURES_OF_A_CALLER; i++) {
      assertThat(find("2001:db8:1:" + i + "::1", host.url("/made-up/" + i))).isEmpty();
    }

    assertRefused("2001:db8:1:ffff::1", host.url("/made-up"))
        .hasMessageContaining("failed look-ups");
    assertThat(find("2001:db8:2::1", host.url("/made-up"))).isEmpty();
  }

  @Test // and none is charged to other clients of the host
  void aKnownClientWhoseHostIsDownIsFetchedEveryTenSeconds() {
    assertThat(find(HONEST, id)).isPresent();
    clock.turn(Duration.ofMinutes(10));
    int before = host.requests();
    host.serve(exchange -> HttpsHost.answer(exchange, 500, "text/plain", "down"));
    for (int i = 0; i < 15; i++) {
      assertThat(find(HONEST, id)).isPresent();
    }
    assertThat(host.requests()).isEqualTo(before + 1);

    host.serve(exchange -> HttpsHost.answer(exchange, 404, "text/plain", "gone"));
    clock.turn(Duration.ofSeconds(10));
    assertThat(find(HONEST, id)).isEmpty();
  }
}
