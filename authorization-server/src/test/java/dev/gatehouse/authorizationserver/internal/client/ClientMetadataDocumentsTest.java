package dev.gatehouse.authorizationserver.internal.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.gatehouse.authorizationserver.internal.endpoint.ClientUnreachableException;
import dev.gatehouse.authorizationserver.internal.settings.DocumentRateLimits;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.HttpsHost;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are known by the URL of their metadata, fetched from a real https server. */
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
    return clients(allowed, Integer.MAX_VALUE);
  }

  private ClientMetadataDocuments clients(Predicate<InetAddress> allowed, int maxSize) {
    return new ClientMetadataDocuments(
        new InMemoryClientRegistry(List.of(RegisteredClient.builder("known").build())),
        new DocumentFetcher(host.trust(), allowed, Duration.ofSeconds(30)),
        Set.of("notes:read"),
        new FetchPermits(DocumentRateLimits.of(InMemoryRateLimit.factory(), clock)),
        clock,
        maxSize);
  }

  @Test
  void aDocumentThatNamesItsOwnUrlDescribesAClient() {
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"client_uri\":\"\"",
        "\"client_uri\":null,\"software_statement\":null,\"client_secret\":null",
        "\"contacts\":[],\"jwks\":{},\"jwks_uri\":\"\"",
        "\"token_endpoint_auth_method\":null,\"token_endpoint_auth_methods_supported\":[]",
        "\"scope\":\"\",\"grant_types\":[],\"response_types\":null",
      })
  void emptyAndNullMembersOfADocumentCountAsAbsent(String members) {
    host.serveJson("{\"client_id\":\"" + id + "\"," + members + "," + MORE + "}");

    assertThat(clients.find(id).orElseThrow()).usingRecursiveComparison().isEqualTo(described());
  }

  /** The client of a document without any other member. */
  private RegisteredClient described() {
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    return clients(anywhere -> true).find(id).orElseThrow();
  }

  @Test // callers choose how many documents there are, and how long
  void theSizeOfAllRememberedDocumentsIsLimited() {
    String padding = "\"x\":\"" + "x".repeat(19_000) + "\",";
    int many = 50;
    clients = clients(anywhere -> true, 20 * 20_000);
    for (int round = 1; round <= 2; round++) {
      for (int i = 0; i < many; i++) {
        String each = id + "?" + i;
        host.serveJson("{\"client_id\":\"" + each + "\"," + padding + MORE + "}");
        assertThat(clients.find(each)).isPresent();
      }
    }

    assertThat(host.requests()).isGreaterThan(2 * many - 30);
  }

  @Test // RFC 9111 §4.2.2: without headers
  void aDocumentIsCachedForTenMinutes() {
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    clients.find(id);
    clients.find(id);
    assertThat(host.requests()).isEqualTo(1);

    clock.turn(Duration.ofMinutes(10));
    clients.find(id);
    assertThat(host.requests()).isEqualTo(2);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Cache-Control: max-age=60                       | 60
          Cache-Control: public, max-age=1200             | 1200
          Cache-Control: MAX-AGE=60                       | 60
          Cache-Control: max-age="60"                     | 60
          Cache-Control: max-age=10                       | 10
          Cache-Control: max-age=9                        | 10
          Cache-Control: max-age=0                        | 10
          Cache-Control: no-store                         | 10
          Cache-Control: no-cache, max-age=600            | 10
          Cache-Control: max-age=600, No-Store            | 10
          Cache-Control: private, max-age=60              | 60
          Cache-Control: s-maxage=0, max-age=60           | 60
          Cache-Control: max-age=60, max-age=30           | 30
          Cache-Control: x="a, max-age=5, no-store", max-age=60 | 60
          Cache-Control: max-age=1800                     | 1800
          Cache-Control: max-age=86400                    | 1800
          Cache-Control: max-age=999999999999999999       | 1800
          Cache-Control: max-age=99999999999999999999     | 1800
          Cache-Control: max-age=-1                       | 10
          Cache-Control: max-age=x                        | 10
          Cache-Control: max-age                          | 10
          Cache-Control: must-revalidate                  | 600
          Cache-Control: ,;="                             | 600
          Cache-Control: max-age=60 / Age: 20             | 40
          Cache-Control: max-age=60 / Age: 60             | 10
          Cache-Control: max-age=60 / Age: x              | 60
          Cache-Control: max-age=60 / Age: 999999999999999999 | 10
          Cache-Control: max-age=60 / Age: 99999999999999999999 | 10
          Cache-Control: max-age=60 / Expires: 0          | 60
          Cache-Control: public / Expires: 0              | 10
          Expires: 0                                      | 10
          Expires: Thu, 01 Jan 2015 00:00:00 GMT          | 10
          Expires: Thu, 01 Jan 2099 00:00:00 GMT          | 1800
          cache-control: max-age=60                       | 60
          Age: 30                                         | 600
          Pragma: no-cache                                | 600
          """)
  void theHeadersSayHowLongADocumentIsFresh(String headers, int seconds) {
    host.serve(
        exchange -> {
          for (String header : headers.split(" / ", -1)) {
            exchange.getResponseHeaders().add(header.split(": ", 2)[0], header.split(": ", 2)[1]);
          }
          HttpsHost.answer(
              exchange, 200, "application/json", "{\"client_id\":\"" + id + "\"," + MORE + "}");
        });
    clients.find(id);

    clock.turn(Duration.ofSeconds(seconds).minusMillis(1));
    clients.find(id);
    assertThat(host.requests()).isEqualTo(1);
    clock.turn(Duration.ofMillis(1));
    clients.find(id);
    assertThat(host.requests()).isEqualTo(2);
  }

  @ParameterizedTest // how clients in the field describe themselves
  @CsvSource({
    "client-document-editor.json, https://editor.example/oauth/client-metadata.json, none,",
    "client-document-keys-by-address.json, https://chat.example/oauth/client.json,"
        + " private_key_jwt none, https://chat.example/oauth/jwks.json",
  })
  void aDocumentFromTheFieldIsTaken(
      String file, String url, String methods, @Nullable String jwksUri) throws IOException {
    String document;
    try (InputStream in =
        requireNonNull(RegisteredClient.class.getResourceAsStream("../" + file), file)) {
      document = new String(in.readAllBytes(), UTF_8);
    }
    host.serveJson(document.replace(url, id));

    RegisteredClient client = clients.find(id).orElseThrow();

    assertThat(String.join(" ", client.authMethods())).isEqualTo(methods);
    assertThat(client.jwksUri()).isEqualTo(Optional.ofNullable(jwksUri));
    assertThat(client.grantTypes()).containsExactly("authorization_code", "refresh_token");
  }

  @Test
  void otherIdsAreLookedUpInTheRegistry() {
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
          a null in the keys | {"client_id":"ID","redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[null]}}
          a key with other primes | {"client_id":"ID","redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","oth":[{}]}]}}
          a short RSA key | {"client_id":"ID","redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}}
          a scheme of the operating system | {"client_id":"ID","redirect_uris":["ms-msdt:/id"]}
          keys of another type | {"client_id":"ID","redirect_uris":["https://a.example.com/"],"jwks":{"keys":{}}}
          an id of another type | {"client_id":1,"redirect_uris":["https://a.example.com/"]}
          an id that is a list  | {"client_id":["ID"],"redirect_uris":["https://a.example.com/"]}
          the id with a slash   | {"client_id":"ID/","redirect_uris":["https://a.example.com/"]}
          a grant without users | {"client_id":"ID","redirect_uris":["https://a.example.com/"],"grant_types":["client_credentials"]}
          secret_basic      | {"client_id":"ID","redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"client_secret_basic"}
          plain http        | {"client_id":"ID","redirect_uris":["http://a.example.com/"]}
          a script          | {"client_id":"ID","redirect_uris":["javascript:alert(1)"]}
          JSON and more     | {"client_id":"ID","redirect_uris":["https://a.example.com/"]} x
          an empty body     | ''
          no redirect    | {"client_id":"ID"}
          no JSON        | <html>
          no object      | []
          """)
  void anInvalidDocumentIsNoClient(String what, String document) {
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
        "https://127.0.0.1:PORT/./client.json",
        "https://127.0.0.1:PORT/a/..",
        "https://127.0.0.1:PORT/%2e/client.json",
        "https://127.0.0.1:PORT/a//client.json",
        "https://127.0.0.1:PORT?client.json",
        "https://127.0.0.1:PORT/client.json#",
        "https://user:password@127.0.0.1:PORT/client.json",
        "https://@127.0.0.1:PORT/client.json",
        "https://127.0.0.1:PORT:PORT/client.json",
        "https://127.0.0.1:PORT\\\\client.json",
        "https:127.0.0.1:PORT/client.json",
        "https:/127.0.0.1:PORT/client.json",
        "HTTPS://127.0.0.1:PORT/client.json",
        "https://",
        "https://:PORT/client.json",
        "https://127.0.0.1:PORT/client.json#x",
        "https://user@127.0.0.1:PORT/client.json",
        "https:///client.json",
        "http://127.0.0.1:PORT/client.json",
        "https://127.0.0.1:PORT/ client.json",
        "https://127.0.0.1:PORT/clienté.json",
        "https://127.0.0.1:99999/client.json",
        "https://127.0.0.1:0/client.json",
        "https://127.0.0.1:/client.json",
      })
  void anIdThatCanBeWrittenInAnotherWayIsNotFetched(String pattern) {
    String clientId = pattern.replace("PORT", Integer.toString(URI.create(id).getPort()));
    host.serveJson("{\"client_id\":\"" + clientId + "\"," + MORE + "}");

    assertThat(clients.find(clientId)).isEmpty();
    assertThat(host.requests()).isZero();
  }

  @Test // a document that was refused costs its host one request in ten seconds, not one each time
  void anInvalidDocumentIsCachedToo() {
    host.serveJson("{}");
    assertThat(clients.find(id)).isEmpty();
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    assertThat(clients.find(id)).isEmpty();
    assertThat(host.requests()).isEqualTo(1);

    clock.turn(Duration.ofSeconds(10));
    assertThat(clients.find(id)).isPresent();
  }

  @Test
  void aClientWithKeysOfItsOwnAuthenticatesWithThem() throws JOSEException {
    String jwks = new JWKSet(new ECKeyGenerator(Curve.P_256).generate()).toString();
    host.serveJson(
        "{\"client_id\":\""
            + id
            + "\","
            + MORE
            + ",\"token_endpoint_auth_method\":\"private_key_jwt\",\"jwks\":"
            + jwks
            + "}");

    RegisteredClient client = clients.find(id).orElseThrow();

    assertThat(client.authMethods()).containsExactly("private_key_jwt");
    assertThat(client.jwks()).contains(jwks);
    assertThat(client.secretHash()).isEmpty();
  }

  @Test // a document can change under a client that users have consented to
  void aChangedDocumentReplacesTheOldOneAndAnInvalidOneEndsTheClient() {
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    assertThat(clients.find(id).orElseThrow().name()).isEqualTo("App");

    clock.turn(Duration.ofMinutes(10));
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE.replace("App", "New") + "}");
    assertThat(clients.find(id).orElseThrow().name()).isEqualTo("New");

    clock.turn(Duration.ofMinutes(10));
    host.serve(exchange -> HttpsHost.answer(exchange, 404, "text/plain", "gone"));
    assertThat(clients.find(id)).isEmpty();
  }

  @Test
  void aConfiguredClientIsNotFetchedAlsoIfItsIdIsAUrl() {
    ClientMetadataDocuments configured =
        new ClientMetadataDocuments(
            new InMemoryClientRegistry(List.of(RegisteredClient.builder(id).name("Ours").build())),
            new DocumentFetcher(host.trust(), anywhere -> true, Duration.ofSeconds(30)),
            Set.of(),
            new FetchPermits(DocumentRateLimits.of(InMemoryRateLimit.factory(), clock)),
            clock);

    assertThat(configured.find(id).orElseThrow().name()).isEqualTo("Ours");
    assertThat(host.requests()).isZero();
  }

  @Test
  void anIdHasAtMostAThousandCharacters() {
    String longest = id + "x".repeat(1_000 - id.length());
    host.serveJson("{\"client_id\":\"" + longest + "\"," + MORE + "}");

    assertThat(clients.find(longest)).isPresent();
    assertThat(clients.find(longest + "x")).isEmpty();
    assertThat(host.requests()).isEqualTo(1);
  }

  @ParameterizedTest // each spelling would have a limit of its own
  @ValueSource(
      strings = {
        "LOCALHOST",
        "localhosT",
        "localhost.",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.0.0.01",
        "127.1",
      })
  void anotherSpellingOfAHostIsNoId(String host) {
    String clientId = id.replace("127.0.0.1", host);
    this.host.serveJson("{\"client_id\":\"" + clientId + "\"," + MORE + "}");

    assertThat(clients.find(clientId)).isEmpty();
    assertThat(this.host.requests()).isZero();
  }

  @Test
  void theCanonicalSpellingOfAHostIsAnId() {
    String clientId = id.replace("127.0.0.1", "localhost");
    host.serveJson("{\"client_id\":\"" + clientId + "\"," + MORE + "}");

    assertThat(clients.find(clientId)).isPresent();
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
  void aDocumentThatIsTooLargeOrHasAnotherTypeIsRefused() {
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

  @Test // an outage does not tell whether the client exists
  void anOutageIsRememberedForTenSeconds() {
    host.serve(exchange -> HttpsHost.answer(exchange, 500, "text/plain", "down"));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> clients.find(id))
          .isInstanceOf(ClientUnreachableException.class)
          .hasMessageContaining("status 500");
    }
    assertThat(host.requests()).isEqualTo(1);

    clock.turn(Duration.ofSeconds(10));
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    assertThat(clients.find(id)).isPresent();
  }

  @Test
  void duringAnOutageTheLastDocumentServesForAnHour() {
    host.serveJson("{\"client_id\":\"" + id + "\"," + MORE + "}");
    assertThat(clients.find(id)).isPresent();
    host.serve(exchange -> HttpsHost.answer(exchange, 503, "text/plain", "down"));

    clock.turn(Duration.ofMinutes(10));
    for (int i = 0; i < 3; i++) {
      assertThat(clients.find(id)).isPresent();
    }
    assertThat(host.requests()).isEqualTo(2);
    clock.turn(Duration.ofMinutes(50));
    assertThat(clients.find(id)).isPresent();
    assertThat(host.requests()).isEqualTo(3);
    clock.turn(Duration.ofMillis(1));
    assertThatThrownBy(() -> clients.find(id)).isInstanceOf(ClientUnreachableException.class);
  }

  @Test
  void aResponseThatIsTooSlowIsCutOff() {
    CountDownLatch over = new CountDownLatch(1);
    host.serve(
        exchange -> {
          try (exchange) {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    DocumentFetcher hasty =
        new DocumentFetcher(host.trust(), anywhere -> true, Duration.ofMillis(200));

    assertThat(hasty.fetchAgain(URI.create(id), () -> {}))
        .isEqualTo(new DocumentFetcher.Unreachable("too slow"));
    over.countDown();
  }

  @Test
  void aLoopbackAddressIsNotConnectedTo() {
    assertThat(clients(PublicAddress::isPublic).find(id)).isEmpty();
    assertThat(host.requests()).isZero();
  }

  @Test // DNS rebinding: the name resolves to another address when connecting
  void theAddressIsCheckedAgainAfterConnecting() {
    AtomicBoolean first = new AtomicBoolean(true); // read by the threads that fetch
    ClientMetadataDocuments rebound = clients(address -> first.getAndSet(false));

    assertThat(rebound.find(id)).isEmpty();
    assertThat(host.requests()).isZero();
  }
}
