package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The audit log has one line for each request; no input can forge a line or leak a token. */
class AuditLogTest {

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

  private void call(String token, String... headers) throws Exception {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Authorization";
    all[1] = "Bearer " + token;
    guarded.server.get("/mcp", all);
  }

  private static String hash(String token) {
    return new BearerToken(token).hashPrefix();
  }

  @Test
  void aRefusedRequestIsOneLine() throws Exception {
    String token = Secrets.token();
    guarded.server.get("/mcp");
    call(token);

    assertThat(log.auditLines())
        .containsExactly(
            "outcome=refused reason=no_credentials status=401 method=GET peer=127.0.0.1 token=-",
            "outcome=refused reason=inactive status=401 method=GET peer=127.0.0.1 token="
                + hash(token));
    assertThat(log.reasons()).containsExactly("no_credentials", "inactive"); // also in the main log
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "scope, 403, '\"aud\":\"{mcp}\",\"token_type\":\"Bearer\"'",
    "audience, 401, '\"aud\":\"https://other.example\",\"token_type\":\"Bearer\"'",
    "expired, 401, '\"aud\":\"{mcp}\",\"token_type\":\"Bearer\",\"exp\":1'",
  })
  void aRefusalAfterIntrospectionNamesClientAndUser(String reason, int status, String members)
      throws Exception {
    guarded = guarded.restartedWith(Map.of("required-scopes", "notes:read"));
    guarded.as.introspection(
        json(
            200,
            "{\"active\":true,\"sub\":\"alice\",\"client_id\":\"notebook\",%s}"
                .formatted(members.replace("{mcp}", guarded.server.mcp()))));
    String token = Secrets.token();
    call(token);

    assertThat(log.auditLines())
        .containsExactly(
            "outcome=refused reason=%s status=%d client=notebook user=alice method=GET"
                    .formatted(reason, status)
                + " peer=127.0.0.1 token="
                + hash(token));
  }

  @Test
  void admittedRequestsAreLoggedOnlyIfConfigured() throws Exception {
    guarded.respondActive("\"sub\":\"alice\"");
    call(Secrets.token());
    assertThat(log.auditLines()).isEmpty();

    guarded = guarded.restartedWith(Map.of("audit-admitted", "true"));
    guarded.respondActive("\"sub\":\"alice\",\"client_id\":\"notebook\"");
    String token = Secrets.token();
    call(token, "Mcp-Method", "tools/call", "Mcp-Name", "whoami");
    assertThat(log.auditLines())
        .containsExactly(
            "outcome=admitted reason=none client=notebook user=alice method=GET tool=whoami"
                + " peer=127.0.0.1 token="
                + hash(token));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain                   | tools/call     | whoami                   | whoami
          another method          | resources/read | file:///x                |
          no Mcp-Method           |                | whoami                   |
          Base64 form             | tools/call     | =?base64?d8Okcm1l?=      | wärme
          Base64 of a line break  | tools/call     | =?base64?YQpvdXRjb21l?=  | a?outcome
          invalid Base64          | tools/call     | =?base64?%%%?=           | =?base64?%%%?=
          Base64 of invalid UTF-8 | tools/call     | =?base64?/w==?=          | =?base64?/w==?=
          Base64 of nothing       | tools/call     | =?base64??=              | ''
          prefix without suffix   | tools/call     | =?base64?=               | =?base64?=
          forged key and value    | tools/call     | a outcome=admitted "b"   | a?outcome=admitted??b?
          """)
  void theToolNameIsDecodedAndSanitized(String what, String method, String name, String tool)
      throws Exception {
    String token = Secrets.token();
    if (method == null) {
      call(token, "Mcp-Name", name);
    } else {
      call(token, "Mcp-Method", method, "Mcp-Name", name);
    }

    assertThat(log.auditLines())
        .containsExactly(
            "outcome=refused reason=inactive status=401 method=GET"
                + (tool == null ? "" : " tool=" + tool)
                + " peer=127.0.0.1 token="
                + hash(token));
  }

  @Test
  void aLongToolNameIsTruncated() throws Exception {
    call(Secrets.token(), "Mcp-Method", "tools/call", "Mcp-Name", "x".repeat(5000));
    assertThat(log.auditLines().get(0)).contains(" tool=" + "x".repeat(127) + "… peer=");
  }

  @Test
  void aClientIdCannotForgeALine() throws Exception {
    guarded = guarded.restartedWith(Map.of("required-scopes", "notes:read"));
    guarded.respondActive("\"client_id\":\"a user=bob\\u2028x\\\" z\"");
    call(Secrets.token());

    assertThat(log.auditLines().get(0)).contains(" client=a?user=bob?x??z method=");
  }

  @Test
  void aTokenInTheToolNameIsNotLogged() throws Exception {
    String token = Secrets.token();
    call(token, "Mcp-Method", "tools/call", "Mcp-Name", "it is " + token);

    assertThat(log.auditLines().get(0)).contains(" tool=it?is?(the?token) ");
  }

  @Test
  void turningTheAuditLoggerOffLeavesTheMainLogOn() throws Exception {
    Logger audit = (Logger) LoggerFactory.getLogger("dev.gatehouse.audit");
    guarded = guarded.restartedWith(Map.of("audit-admitted", "true"));
    audit.setLevel(Level.OFF);
    try {
      call(Secrets.token());
      guarded.respondActive("");
      call(Secrets.token());
    } finally {
      audit.setLevel(null);
    }
    assertThat(log.auditLines()).isEmpty();
    assertThat(log.reasons()).isEqualTo(List.of("inactive"));
  }
}
