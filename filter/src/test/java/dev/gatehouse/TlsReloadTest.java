package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.HttpsServers;
import dev.gatehouse.testing.KeyStores;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Reloading key stores and trust stores while TLS connections are open. */
class TlsReloadTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private static Path generated;
  private static KeyStores stores;

  @TempDir private Path mounted;
  private final List<String> presented = new CopyOnWriteArrayList<>();
  private volatile Set<String> registered = Set.of("CN=old-client");
  private HttpsServer as;

  @BeforeAll
  static void makeKeys() throws Exception {
    stores = new KeyStores(generated);
    stores.createKey("old-client", "CN=old-client");
    stores.createKey("new-client", "CN=new-client");
    stores.createKey("old-as", "CN=old-as", "-ext", "san=ip:127.0.0.1");
    stores.createKey("new-as", "CN=new-as", "-ext", "san=ip:127.0.0.1");
    stores.createKey("elsewhere", "CN=elsewhere", "-ext", "san=dns:as.example");
  }

  @BeforeEach
  void mountOldStores() throws Exception {
    mount("old-client.p12", "key.p12");
    mount("old-as.pem", "trust.pem");
    Files.writeString(mounted.resolve("password"), KeyStores.PASSWORD);
    as = startServer(0, "old-as");
  }

  @AfterEach
  void stop() {
    as.stop(0);
  }

  private void mount(String name, String as) throws IOException {
    Path arriving = Files.copy(generated.resolve(name), mounted.resolve("arriving"));
    Files.move(
        arriving,
        mounted.resolve(as),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** RFC 8705 §2.1: a client with an unregistered certificate is refused. */
  private HttpsServer startServer(int port, String key) throws Exception {
    HttpsServer server = HttpsServers.create(port);
    server.setHttpsConfigurator(
        HttpsServers.configurator(stores.context(key, "old-client", "new-client"), true));
    server.createContext("/introspect", this::respond);
    server.start();
    return server;
  }

  private void respond(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    String subject = ((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName();
    presented.add(subject);
    (registered.contains(subject)
            ? FakeAuthorizationServer.json(200, "{\"active\":false}")
            : FakeAuthorizationServer.json(401, "{\"error\":\"invalid_client\"}"))
        .respond(exchange);
    exchange.close();
  }

  private GuardedServer guarded(Map<String, String> changed) throws Exception {
    Map<String, String> all = new TreeMap<>();
    all.put(
        "introspection-endpoint", "https://127.0.0.1:" + as.getAddress().getPort() + "/introspect");
    all.put("client-auth-method", "tls_client_auth");
    all.put("client-secret", "");
    all.put("trust-store", mounted.resolve("trust.pem").toString());
    all.put("key-store", mounted.resolve("key.p12").toString());
    all.put("key-store-password-file", mounted.resolve("password").toString());
    all.put("connect-timeout", "1m");
    all.put("request-timeout", "1m");
    all.putAll(changed);
    return new GuardedServer(all);
  }

  /** 401 if the server called the token inactive, 503 if introspection failed. */
  private static int status(GuardedServer guarded) throws IOException {
    return guarded.status(Secrets.token());
  }

  @Test
  void aRefusedCertificateIsReloadedAndPresentedOnANewConnection() throws Exception {
    try (GuardedServer guarded = guarded(Map.of())) {
      assertThat(status(guarded)).isEqualTo(401);

      mount("new-client.p12", "key.p12");
      registered = Set.of("CN=new-client");
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(status(guarded)).isEqualTo(401);
    }
    assertThat(presented).startsWith("CN=old-client").endsWith("CN=new-client", "CN=new-client");
    assertThat(log.messages())
        .contains("INFO key-store with key-store-password-file has changed and is in use");
  }

  @Test
  void aChangedCertificateIsPresentedWithoutARefusal() throws Exception {
    try (GuardedServer guarded =
        guarded(Map.of("client-auth-method", "none", "max-bad-tokens-per-minute", "0"))) {
      assertThat(status(guarded)).isEqualTo(401);
      registered = Set.of("CN=old-client", "CN=new-client");
      mount("new-client.p12", "key.p12");

      Await.until(
          "the new certificate is presented",
          () -> {
            assertThat(status(guarded)).isEqualTo(401);
            return presented.contains("CN=new-client");
          });
      registered = Set.of("CN=new-client");
      assertThat(status(guarded)).isEqualTo(401);
    }
  }

  @Test
  void aStoreIsReloadedOnlyWithItsPassword() throws Exception {
    log.announce("key-store with key-store-password-file has changed and can't be used");
    log.announce("reason=as_credentials");
    stores.copy("new-client", "other", "another-password");
    try (GuardedServer guarded = guarded(Map.of())) {
      assertThat(status(guarded)).isEqualTo(401);

      mount("other.p12", "key.p12");
      registered = Set.of("CN=new-client");
      assertThat(status(guarded)).isEqualTo(503);
      registered = Set.of("CN=old-client");
      assertThat(status(guarded)).isEqualTo(401);
      Files.writeString(mounted.resolve("password"), "another-password\n");
      registered = Set.of("CN=new-client");
      assertThat(status(guarded)).isEqualTo(401);
    }
  }

  @Test
  void aNewServerCertificateIsTrustedOnceItIsInTheTrustStore() throws Exception {
    log.announce("reason=as_unreachable");
    try (GuardedServer guarded = guarded(Map.of())) {
      assertThat(status(guarded)).isEqualTo(401);

      as.stop(0);
      as = startServer(as.getAddress().getPort(), "new-as");
      assertThat(status(guarded)).isEqualTo(503);
      mount("new-as.pem", "trust.pem");
      assertThat(status(guarded)).isEqualTo(401);

      as.stop(0);
      as = startServer(as.getAddress().getPort(), "old-as");
      assertThat(status(guarded)).as("the certificate trusted before").isEqualTo(503);
    }
    assertThat(log.messages()).contains("INFO trust-store has changed and is in use");
  }

  @Test
  void theHostNameIsVerifiedAfterAReload() throws Exception {
    log.announce("reason=as_unreachable");
    try (GuardedServer guarded = guarded(Map.of())) {
      assertThat(status(guarded)).isEqualTo(401);

      as.stop(0);
      as = startServer(as.getAddress().getPort(), "elsewhere");
      mount("elsewhere.pem", "trust.pem");
      assertThat(status(guarded)).isEqualTo(503);
    }
    assertThat(log.messages()).contains("INFO trust-store has changed and is in use");
  }

  @Test
  void invalidStoresKeepTheOldOnes() throws Exception {
    log.announce("trust-store has changed and can't be used");
    log.announce("key-store with key-store-password-file has changed and can't be used");
    log.announce("reason=as_credentials");
    try (GuardedServer guarded = guarded(Map.of())) {
      assertThat(status(guarded)).isEqualTo(401);

      mount("old-as.pem", "key.p12"); // a certificate without a key
      stores.keytool("-genseckey", "-alias", "secret", "-keyalg", "AES", "-keysize", "128");
      mount("secret.p12", "trust.pem");
      registered = Set.of("CN=new-client");
      assertThat(status(guarded)).isEqualTo(503);
      registered = Set.of("CN=old-client");
      assertThat(status(guarded)).isEqualTo(401);
    }
  }
}
