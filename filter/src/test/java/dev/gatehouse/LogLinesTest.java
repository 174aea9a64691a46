package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a token, a server or a request contains, a log line stays short and is one line. */
class LogLinesTest {

  /** Longer than any line needs to be: the detail has at most 1,000 characters. */
  private static final int LONGEST = 1500;

  private static final String LONG = "x".repeat(20_000);

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of("required-scopes", "notes:read"));
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  private void assertThatLinesAreSafe() {
    assertThat(log.messages())
        .allSatisfy(
            line -> {
              assertThat(line).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
              assertThat(line.length()).isLessThan(LONGEST);
            });
    assertThat(log.auditLines())
        .allSatisfy(
            line -> {
              assertThat(line).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");
              assertThat(line.length()).isLessThan(LONGEST);
            });
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          audience      | long              | "aud":"{long}"
          audience      | many              | "aud":[{many}]
          audience      | line separator    | "aud":"a\\u2028refused"
          audience      | bidi override     | "aud":["a","\\u202eb"]
          issuer        | long              | "aud":"{mcp}","iss":"{long}"
          issuer        | bidi override     | "aud":"{mcp}","iss":"\\u202e\\u2029"
          token_type    | long              | "aud":"{mcp}","token_type":"{long}"
          token_type    | bidi override     | "aud":"{mcp}","token_type":"\\u202e"
          scope         | many              | "aud":"{mcp}","scope":"{scopes}"
          scope         | long              | "aud":"{mcp}","scope":"{long}"
          scope         | user and client   | "aud":"{mcp}","sub":"\\u2028{long}","client_id":"\\u202e{long}"
          """)
  void aClaimCannotForgeOrInflateALine(String reason, String what, String members)
      throws Exception {
    String claims =
        members
            .replace("{long}", LONG)
            .replace("{many}", "\"https://mcp.example/audience\",".repeat(40) + "\"\\u202e\"")
            .replace("{scopes}", "s:" + String.join(" s:", manyNumbers()))
            .replace("{mcp}", guarded.server.mcp());
    guarded.as.introspection(json(200, "{\"active\":true," + claims + "}"));

    String token = Secrets.token();
    guarded.status(token);
    guarded.status(token);

    assertThat(log.reasons()).containsOnly(reason);
    assertThatLinesAreSafe();
  }

  private static String[] manyNumbers() {
    String[] numbers = new String[60];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Integer.toString(i).repeat(50);
    }
    return numbers;
  }

  @Test
  void aServersErrorCannotForgeOrInflateALine() throws Exception {
    log.announce("reason=as_discovery");
    guarded = guarded.restartedWith(Map.of("introspection-endpoint", ""));
    guarded.as.at(
        "/.well-known/oauth-authorization-server",
        json(
            200,
            "{\"issuer\":\"%s\",\"introspection_endpoint\":\"\\u202e\\u2028%s\"}"
                .formatted(guarded.as.issuer(), LONG)));

    assertThat(guarded.status(Secrets.token())).isEqualTo(503);
    assertThat(log.reasons()).containsExactly("as_discovery");
    assertThatLinesAreSafe();
  }

  @Test
  void aFindingOfTheSelfTestCannotForgeOrInflateALine() throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      as.at(
          "/.well-known/oauth-authorization-server",
          json(
              200,
              as.metadata().replace("}", ",\"token_endpoint\":\"" + as.issuer() + "/token\"}")));
      as.at("/token", json(200, "{\"access_token\":\"our-token\",\"token_type\":\"Bearer\"}"));
      as.introspectionResponses(
          request ->
              json(
                  200,
                  request.parameter("token").equals("our-token")
                      ? "{\"active\":true,\"aud\":[\"\\u202e\",\"" + LONG + "\"]}"
                      : "{\"active\":false}"));
      McpAuthFilter filter =
          new McpAuthFilter(
              TestSettings.builder()
                  .resource("http://127.0.0.1:1/mcp")
                  .issuer(as.issuer())
                  .clientId("client")
                  .clientSecret(Secrets.CLIENT_SECRET)
                  .build());
      try (ProtectedServer server = ProtectedServer.guarding(new CallerServlet(), filter)) {
        assertThat(server.get("/mcp").statusCode()).isEqualTo(401);

        var findings = filter.selfTest().findings();

        assertThat(findings).extracting(f -> f.code()).containsExactly("audience_differs");
        assertThat(findings.get(0).description())
            .contains("\\u202e")
            .doesNotContain("\u202e")
            .hasSizeLessThan(LONGEST);
      }
    }
  }
}
