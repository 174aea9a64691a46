package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.encoded;
import static dev.gatehouse.testing.FakeAuthorizationServer.gzip;
import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Responses that users of other products have reported, and variants of them. */
class ReportedResponsesTest {

  private static final Pattern BETWEEN_MEMBERS = Pattern.compile(",(?=\")");

  @RegisterExtension final LogWatch log = new LogWatch();

  private GuardedServer guarded;

  @BeforeEach
  void start() throws Exception {
    guarded = new GuardedServer(Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    guarded.close();
  }

  /** A response from the test resources, for this server and the clock's time. */
  private String reported(String name) throws IOException {
    String file = "/introspection/reported/" + name + ".json";
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream(file), file)) {
      long now = ManualClock.NOW.getEpochSecond();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .replace("\"@EXP\"", "" + (now + 300))
          .replace("\"@IAT\"", "" + (now - 10))
          .replace("ISSUER", guarded.as.issuer())
          .replace("RESOURCE", guarded.server.mcp());
    }
  }

  private void assertResult(String expected) throws IOException {
    boolean admitted = expected.equals("admitted");
    boolean unusable = expected.startsWith("as_");
    if (unusable) {
      log.announce("reason=" + expected);
    }

    int status = guarded.status(Secrets.token());

    assertThat(status).isEqualTo(admitted ? 200 : unusable ? 503 : 401);
    assertThat(guarded.servlet.calls()).isEqualTo(admitted ? 1 : 0);
    if (!admitted) {
      assertThat(log.reasons()).containsExactly(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "null-members,            admitted",
    "cnf-null,                admitted",
    "token-type-access-token, admitted",
    "gzip-unasked,            admitted",
    "typ-offline,             token_type",
    "token-use-id,            token_type",
  })
  void aReportedResponseGetsItsResult(String name, String expected) throws Exception {
    guarded.as.introspection(json(200, reported(name)));
    assertResult(expected);
  }

  @Test
  void aReportedResponseMayBeCompressed() throws Exception {
    guarded.as.introspection(encoded(200, "gzip", gzip(reported("gzip-unasked"))));
    assertResult("admitted");
  }

  /** Members that replace those of the reported response with null members. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "active":null                      | as_answer
          "aud":null                         | audience
          "iss":null                         | admitted
          "sub":null                         | admitted
          "sub":""                           | admitted
          "client_id":null                   | admitted
          "token_type":null                  | admitted
          "exp":null                         | admitted
          "exp":-1                           | expired
          "exp":"soon"                       | as_answer
          "nbf":false                        | as_answer
          "cnf":null,"x":1                   | admitted
          "cnf":{"jkt":null}                 | bound_token
          "cnf":{}                           | bound_token
          "typ":null,"token_use":null        | admitted
          "typ":"at+jwt","token_use":"access" | admitted
          "typ":"Refresh"                    | token_type
          "typ":"ID"                         | token_type
          "typ":"Logout"                     | token_type
          "token_use":"refresh"              | token_type
          "token_use":"refresh_token"        | token_type
          "token_type":"refresh_token"       | token_type
          "token_type":"id_token"            | token_type
          "token_type":"Access_Token"        | admitted
          """)
  @LogsWarning(maybe = "user_unknown")
  void aVariantGetsItsResult(String members, String expected) throws Exception {
    String response = reported("null-members");
    for (String member : BETWEEN_MEMBERS.splitAsStream(members).toList()) {
      String name = member.substring(0, member.indexOf(':'));
      response = response.replaceFirst(name + ": ?[^,}]*", "\"was\":0");
    }

    guarded.as.introspection(json(200, response.replaceFirst("\\{", "{" + members + ",")));

    assertResult(expected);
  }
}
