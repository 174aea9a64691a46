package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
  void onceItIsClosedNewKeysMakeNoNewConnections() throws Exception {
    BoundedHttpClient client = new BoundedHttpClient(settings);
    assertThat(client.send(request(), client.deadline()).getStatusCode()).isEqualTo(200);
    client.close();
    for (Thread thread : connectionThreads()) {
      thread.join(TimeUnit.MINUTES.toMillis(1));
    }

    Files.write(trusted, Files.readAllBytes(directory.resolve("another.pem")));
    Objects.requireNonNull(settings.tls).look();
    assertThatThrownBy(() -> client.send(request(), client.deadline()))
        .isInstanceOf(IOException.class);
    assertThat(connectionThreads()).isEmpty();
  }
}
