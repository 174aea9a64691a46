package dev.gatehouse.authorizationserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.RawConnection;
import dev.gatehouse.authorizationserver.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers that announce a body and send it slowly or not at all. */
@SuppressWarnings("NullAway.Init")
class SlowBodiesTest {
  /** Fewer than the slow callers by far. */
  private static final int THREADS = 8;

  /** Long for a busy machine; a server whose threads are all taken responds later. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final List<RawConnection> slow = new ArrayList<>();
  private TestServer server;

  @BeforeEach
  void start() {
    server =
        TestServer.start(
            new QueuedThreadPool(THREADS),
            (origin, context) -> Demo.withUsers(origin).build().register(context));
  }

  @AfterEach
  void stop() throws IOException {
    for (RawConnection connection : slow) {
      connection.close();
    }
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "POST /oauth/token,      application/x-www-form-urlencoded",
    "POST /oauth/introspect, application/x-www-form-urlencoded",
    "POST /oauth/revoke,     application/x-www-form-urlencoded",
    "POST /oauth/login,     application/x-www-form-urlencoded",
    "POST /oauth/consent,   application/x-www-form-urlencoded",
    "POST /oauth/register,   application/json",
    "POST /oauth/token,      text/plain",
    "GET /oauth/token,       application/x-www-form-urlencoded",
    "GET /oauth/jwks,        text/plain",
    "POST /oauth/jwks,       text/plain",
    "GET /oauth/authorize,   text/plain",
    "PUT /oauth/unknown,     text/plain",
    "GET /.well-known/oauth-authorization-server, text/plain",
  })
  void manyIncompleteBodiesDoNotKeepOtherCallersWaiting(String requestLine, String contentType)
      throws IOException {
    for (int i = 0; i < 5 * THREADS; i++) {
      RawConnection connection = new RawConnection(server.origin());
      slow.add(connection);
      connection.sendIncomplete(requestLine, contentType);
    }

    for (int i = 0; i < THREADS; i++) {
      HttpRequest.Builder honest =
          server
              .form(Demo.TOKEN, Demo.FROM_CLIENT)
              .header("Authorization", TestServer.basic("client", "client-secret"))
              .timeout(PATIENCE);
      assertThat(server.send(honest).statusCode()).isEqualTo(200);
    }
  }
}
