package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.Generators;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.ResponseOracle;
import dev.gatehouse.testing.Secrets;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Random introspection responses and headers: only a valid token reaches the servlet. */
class FilterPropertiesTest {

  private static final Set<Integer> STATUSES = Set.of(200, 400, 401, 403, 503);

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of("required-scopes", "mcp:use", "breaker-wait", "0s"));
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  @Test
  @LogsWarning(maybe = "user_unknown")
  void onlyAValidResponseReachesTheServlet() throws Exception {
    log.announce("reason=as_answer");
    ResponseOracle oracle =
        new ResponseOracle(guarded.server.mcp(), guarded.as.issuer(), "mcp:use");
    for (int seed = 0; seed < 1_500; seed++) {
      String body =
          Generators.introspectionResponse(
              new Random(seed), guarded.server.mcp(), guarded.as.issuer());
      guarded.as.introspection(FakeAuthorizationServer.json(200, body));
      int before = guarded.servlet.calls();

      HttpResponse<String> response =
          guarded.server.get("/mcp", "Authorization", "Bearer " + Secrets.token());

      assertThat(response.statusCode()).as("seed %d: %s", seed, body).isIn(STATUSES);
      boolean reached = guarded.servlet.calls() > before;
      assertThat(reached).isEqualTo(response.statusCode() == 200);
      if (reached) {
        assertThat(oracle.mayAdmit(body)).as("seed %d: %s", seed, body).isTrue();
      }
    }
    assertThat(guarded.servlet.calls()).isBetween(150, 1_350);
  }

  @Test
  void onlyAWellFormedTokenReachesTheServlet() throws Exception {
    guarded.as.introspection(
        FakeAuthorizationServer.json(200, guarded.activeResponse("\"scope\":\"mcp:use\"")));
    for (int seed = 0; seed < 1_500; seed++) {
      Random random = new Random(seed);
      String header = utf8AsLatin1(Generators.sendableHeader(random));
      int before = guarded.servlet.calls();

      RawResponse response =
          RawClient.send(
              guarded.server.port(),
              RawClient.request("POST /mcp", List.of("Authorization: " + header)));

      assertThat(response.status()).as("seed %d: %s", seed, header).isIn(STATUSES);
      boolean reached = guarded.servlet.calls() > before;
      assertThat(reached)
          .as("seed %d: %s", seed, header)
          .isEqualTo(header.strip().matches("(?i)bearer +[A-Za-z0-9._~+/-]{1,16000}=*"));
    }
    assertThat(guarded.servlet.calls()).isPositive();
  }

  private static String utf8AsLatin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
