package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.BadResponses;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failover between several introspection endpoints of one issuer. */
class FailoverTest {

  private static final Behaviour ACTIVE =
      json(200, "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"}");

  private static final Behaviour INACTIVE = json(200, "{\"active\":false}");

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;
  private GuardedServer guarded;
  private FakeAuthorizationServer one;
  private FakeAuthorizationServer two;

  @BeforeEach
  void start() throws Exception {
    two = new FakeAuthorizationServer();
    guarded = new GuardedServer(bothEndpoints(Map.of()));
    one = guarded.as;
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
    two.close();
  }

  private void restart(Map<String, String> changed) throws Exception {
    guarded = guarded.restartedWith(bothEndpoints(changed));
    one = guarded.as;
  }

  private Map<String, String> bothEndpoints(Map<String, String> changed) {
    Map<String, String> all = new TreeMap<>();
    all.put("resource", "https://mcp.example/mcp");
    all.put("issuer", "");
    all.put("introspection-endpoint", "{issuer}/introspect " + two.introspectionEndpoint());
    all.putAll(changed);
    return all;
  }

  private int status() throws Exception {
    return guarded.status(Secrets.token());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuts off",
        "hangs",
        "500",
        "502",
        "503",
        "429",
        "404",
        "302",
        "401",
        "403",
        "log-in page",
        "nonsense"
      })
  void theSecondEndpointIsUsedWhenTheFirstFails(String how) throws Exception {
    if (how.equals("429")) {
      log.announce("circuit breaker open for PT5S: ");
    }
    if (how.equals("hangs")) {
      restart(Map.of("request-timeout", "8s"));
    }
    one.introspection(BadResponses.named(how));
    two.introspection(ACTIVE);

    assertThat(status()).isEqualTo(200);
    assertThat(one.introspectionRequests()).isNotEmpty();
    assertThat(two.introspectionRequests()).hasSize(1);
    assertThat(log.messages()).anyMatch(message -> message.startsWith("INFO failed over: "));
  }

  @Test
  void anEndpointThatRefusesTheConnectionIsSkipped() throws Exception {
    one.close();
    two.introspection(ACTIVE);

    assertThat(status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | {"active":true,"aud":"https://mcp.example/mcp","token_type":"Bearer"} | 200
          200 | {"active":true,"aud":"https://other.example/","token_type":"Bearer"}  | 401
          200 | {"active":false}                                                      | 401
          400 | {"error":"unsupported_token_type"}                                    | 401
          413 | {}                                                                    | 401
          """)
  void aResultOfTheFirstEndpointIsFinal(int status, String body, int expected) throws Exception {
    one.introspection(json(status, body));
    two.introspection(ACTIVE);

    assertThat(status()).isEqualTo(expected);
    assertThat(two.introspectionRequests()).isEmpty();
  }

  @Test
  void theFirstEndpointIsSkippedWhileItsCircuitBreakerIsOpen() throws Exception {
    String name = "the authorization server (" + one.introspectionEndpoint() + ")";
    log.announce("circuit breaker open for PT5S: " + name + ", cause as_answer");
    log.announce("circuit breaker closed: " + name);
    one.introspection(ACTIVE);
    two.introspection(ACTIVE);
    guarded.filter.selfTest(); // its probe succeeds, so that later ones are conclusive
    one.introspection(json(500, "{}"));
    for (int i = 0; i < 5; i++) {
      assertThat(status()).isEqualTo(200);
    }
    Await.until("open", () -> log.messages("WARN").size() == 1);
    int requestsToOne = one.introspectionRequests().size();

    for (int i = 0; i < 20; i++) {
      assertThat(status()).isEqualTo(200);
    }
    assertThat(one.introspectionRequests()).hasSize(requestsToOne);

    one.introspection(ACTIVE);
    guarded.clock.advance(Duration.ofSeconds(5));
    assertThat(status()).isEqualTo(200); // from the second: no caller waits for the probe
    Await.until("closed", () -> log.messages("WARN").size() == 2);
    int requestsToTwo = two.introspectionRequests().size();
    for (int i = 0; i < 20; i++) {
      assertThat(status()).isEqualTo(200);
    }
    assertThat(two.introspectionRequests()).hasSize(requestsToTwo);
  }

  @Test
  void ifAllFailTheLogHasAllReasonsAndRetryAfterIsTheShortest() throws Exception {
    log.announce("reason=as_answer");
    log.announce("circuit breaker open for PT1M: ");
    one.introspection(json(500, "{}"));
    two.introspection(
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "60");
          exchange.sendResponseHeaders(503, -1);
        });

    var response = guarded.server.get("/mcp", "Authorization", "Bearer " + Secrets.token());

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).contains("5");
    assertThat(log.messages())
        .anyMatch(message -> message.contains("response status 500; response status 503"));
  }

  @Test
  void refusedCredentialsAreReportedEvenIfTheOtherEndpointFails() throws Exception {
    log.announce("reason=as_credentials");
    one.introspection(json(500, "{}"));
    two.introspection(json(401, "{\"error\":\"invalid_client\"}"));

    assertThat(status()).isEqualTo(503);
    assertThat(log.reasons()).containsExactly("as_credentials");
    assertThat(log.messages()).anyMatch(message -> message.startsWith("ERROR refused"));
  }

  @Test
  void hangingEndpointsShareTheRequestTimeout() throws Exception {
    log.announce("reason=as_timeout");
    restart(Map.of("request-timeout", "2s"));
    one.introspection(BadResponses::hang);
    two.introspection(BadResponses::hang);

    assertThat(status()).isEqualTo(503); // before the hanging responses ended

    Matcher limits =
        Pattern.compile(
                "no complete response within (PT[0-9.]+S).*no complete response within PT2S")
            .matcher(String.join("\n", log.messages()));
    assertThat(limits.find())
        .isTrue(); // PT2S is the whole timeout, of which the first endpoint gets half
    assertThat(Duration.parse(limits.group(1))).isLessThanOrEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void theAudienceOfAnAssertionIsItsEndpoint() throws Exception {
    Path key = directory.resolve("key.json");
    Files.writeString(key, new ECKeyGenerator(Curve.P_256).generate().toJSONString());
    restart(
        Map.of(
            "client-auth-method", "private_key_jwt",
            "client-secret", "",
            "private-key-file", key.toString()));
    one.introspection(json(500, "{}"));
    two.introspection(ACTIVE);

    assertThat(status()).isEqualTo(200);
    for (FakeAuthorizationServer each : new FakeAuthorizationServer[] {one, two}) {
      String assertion = each.introspectionRequests().get(0).parameter("client_assertion");
      assertThat(SignedJWT.parse(assertion).getJWTClaimsSet().getAudience())
          .containsExactly(each.introspectionEndpoint());
    }
  }

  @Test
  void bothEndpointsGetTheSameBearerToken() throws Exception {
    restart(Map.of("client-auth-method", "bearer", "token-endpoint", "{issuer}/token"));
    one.at(
        "/token",
        json(
            200,
            "{\"access_token\":\"own-unspeakable\",\"token_type\":\"Bearer\",\"expires_in\":600}"));
    one.introspection(json(500, "{}"));
    two.introspection(ACTIVE);

    assertThat(status()).isEqualTo(200);
    assertThat(one.introspectionRequests().get(0).header("Authorization"))
        .isEqualTo("Bearer own-unspeakable");
    assertThat(two.introspectionRequests().get(0).header("Authorization"))
        .isEqualTo("Bearer own-unspeakable");
  }

  @Test
  void theSelfTestChecksEachEndpointAndNamesTheFailingOne() {
    one.introspection(INACTIVE);
    two.introspection(json(429, "{}"));

    SelfTestReport report = guarded.filter.selfTest();

    assertThat(report.passed()).isTrue();
    assertThat(report.findings())
        .extracting(SelfTestReport.Finding::code)
        .contains("server_overloaded");
    assertThat(report.toString())
        .contains(two.introspectionEndpoint() + ") asks for a pause: response status 429")
        .doesNotContain(one.introspectionEndpoint());

    two.introspection(json(401, "{}"));
    assertThat(guarded.filter.selfTest().passed()).isFalse();
  }
}
