package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.internal.settings.ServerRateLimits;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.HttpsHost;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init")
class ClientMetadataDocumentsTest {
  private static final String MORE =
      "\"redirect_uris\":[\"https://app.example.com/cb\"],\"client_name\":\"App\"";

  private final TurnedClock clock = new TurnedClock();
  @TempDir private static Path directory;
  private HttpsHost host;
  private ClientMetadataDocuments clients;
  private String id;

  @BeforeEach
  void start() throws IOException, GeneralSecurityException, InterruptedException {
    host = new HttpsHost(directory);
    id = host.url("/client.json");
    clients = clients(anywhere -> true);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private ClientMetadataDocuments clients(Predicate<InetAddress> allowed) {
    return new ClientMetadataDocuments(
        new InMemoryClientRegistry(List.of(RegisteredClient.builder("known").build())),
        new DocumentFetcher(host.trust(), allowed, Duration.ofSeconds(5)),
        Set.of("notes:read"),
        ServerRateLimits.metadataDocuments(InMemoryRateLimit.factory(), clock),
        clock);
  }

  @Test
  void aClientDescribesItselfAtItsOwnId() {
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");

    RegisteredClient client = clients.find(id).orElseThrow();

    assertThat(client.id()).isEqualTo(id);
    assertThat(client.name()).isEqualTo("App");
    assertThat(client.redirectUris()).containsExactly("https://app.example.com/cb");
    assertThat(client.authMethods()).containsExactly("none");
    assertThat(client.grantTypes()).containsExactly("authorization_code", "refresh_token");
    assertThat(client.scopes()).containsExactly("notes:read");
    assertThat(client.selfRegistered()).isTrue();
  }

  @Test
  void aDocumentIsKeptForTenMinutes() {
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    clients.find(id);
    clients.find(id);
    assertThat(host.requests()).isEqualTo(1);

    clock.turn(Duration.ofMinutes(10));
    clients.find(id);
    assertThat(host.requests()).isEqualTo(2);
  }

  @Test
  void otherClientsComeFromTheRegistry() {
    assertThat(clients.find("known")).isPresent();
    assertThat(clients.find("unknown")).isEmpty();
    assertThat(host.requests()).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          another id     | {"client_id":"https://other.example.com/client.json","redirect_uris":["https://a.example.com/"]}
          no id          | {"redirect_uris":["https://a.example.com/"]}
          a secret       | {"client_id":"ID","redirect_uris":["https://a.example.com/"],"client_secret":"x"}
          a method that needs a secret | {"client_id":"ID","redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"client_secret_post"}
          a null in a list | {"client_id":"ID","redirect_uris":[null]}
          no redirect    | {"client_id":"ID"}
          no JSON        | <html>
          no object      | []
          """)
  void aDocumentThatWillNotDoIsNoClient(String what, String document) {
    host.serveJson(document.replace("ID", id));

    assertThat(clients.find(id)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:PORT",
        "https://127.0.0.1:PORT/",
        "https://127.0.0.1:PORT/a/../client.json",
        "https://127.0.0.1:PORT/a/%2e%2E/client.json",
        "https://127.0.0.1:PORT/client.json#x",
        "https://user@127.0.0.1:PORT/client.json",
        "https:///client.json",
        "http://127.0.0.1:PORT/client.json",
        "https://127.0.0.1:PORT/ client.json",
      })
  void anIdThatCouldMeanTwoDocumentsIsNotFetched(String pattern) {
    String clientId = pattern.replace("PORT", Integer.toString(URI.create(id).getPort()));
    host.serveJson("{\"client_id\":\"" + clientId + "\"," + MORE + "}");

    assertThat(clients.find(clientId)).isEmpty();
    assertThat(host.requests()).isZero();
  }

  @Test
  void redirectsAreNotFollowed() {
    host.serve(
        exchange -> {
          exchange.getResponseHeaders().set("Location", host.url("/elsewhere"));
          HttpsHost.answer(exchange, 302, "application/json", "{}");
        });

    assertThat(clients.find(id)).isEmpty();
    assertThat(host.requests()).isEqualTo(1);
  }

  @Test
  void aDocumentThatIsTooLargeOrNoJsonIsNotRead() {
    host.serveJson(
        "{\"client_id\":\"" + id + "\"," + MORE + " ".repeat(DocumentFetcher.LONGEST) + "}");
    assertThat(clients.find(id)).isEmpty();

    String other = host.url("/other.json");
    host.serve(
        exchange ->
            HttpsHost.answer(
                exchange, 200, "text/html", "{\"client_id\":\"" + other + "\"," + MORE + "}"));
    assertThat(clients.find(other)).isEmpty();
  }

  @Test // an outage says nothing of the client, and so nothing is kept
  void aHostThatIsDownIsAskedAgain() {
    host.serve(exchange -> HttpsHost.answer(exchange, 500, "text/plain", "down"));
    assertThatThrownBy(() -> clients.find(id)).isInstanceOf(ClientUnreachableException.class);

    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    assertThat(clients.find(id)).isPresent();
  }

  @Test
  void aHostThatDripsIsCutOff() {
    CountDownLatch over = new CountDownLatch(1);
    host.serve(
        exchange -> {
          try (exchange) {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    DocumentFetcher impatient =
        new DocumentFetcher(host.trust(), anywhere -> true, Duration.ofMillis(200));

    assertThat(impatient.fetch(URI.create(id)))
        .isEqualTo(new DocumentFetcher.Unreachable("too slow"));
    over.countDown();
  }

  @Test
  void aHostIsNotAskedWithoutEnd() {
    host.serve(exchange -> HttpsHost.answer(exchange, 500, "text/plain", "down"));
    for (int i = 0; i < 12; i++) {
      String clientId = host.url("/" + i);
      assertThatThrownBy(() -> clients.find(clientId))
          .isInstanceOf(ClientUnreachableException.class);
    }

    assertThat(host.requests()).isEqualTo(10);
  }

  @Test // made-up clients of the same host must not keep a real one's users out
  void aClientThatWasFetchedBeforeIsFetchedAgainWhateverElseIsAskedOfItsHost() {
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    assertThat(clients.find(id)).isPresent();
    clock.turn(Duration.ofMinutes(10));
    for (int i = 0; i < 10; i++) {
      assertThat(clients.find(host.url("/" + i))).isEmpty();
    }
    String another = host.url("/another");
    assertThatThrownBy(() -> clients.find(another)).isInstanceOf(ClientUnreachableException.class);

    assertThat(clients.find(id)).isPresent();
  }

  @Test
  void loopbackIsNotTalkedTo() {
    assertThat(clients(PublicAddress::isPublic).find(id)).isEmpty();
    assertThat(host.requests()).isZero();
  }

  @Test // DNS rebinding: the name was good when it was looked up, and is no longer when connected
  void theAddressIsLookedAtAgainOnceConnected() {
    AtomicBoolean first = new AtomicBoolean(true); // asked by the threads that fetch
    ClientMetadataDocuments fooled = clients(address -> first.getAndSet(false));

    assertThat(fooled.find(id)).isEmpty();
    assertThat(host.requests()).isZero();
  }
}
