package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller is a user, a client that acts on its own behalf, or unknown; never one for another. */
class CallerTest {

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

  private String caller(String members) throws Exception {
    guarded.respondActive(members);
    var response = guarded.server.get("/mcp", "Authorization", "Bearer " + Secrets.token());
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "username",
        "preferred_username",
        "name",
        "email",
        "email_verified",
        "sid",
        "session_state",
        "auth_time",
        "acr",
        "amr",
        "nonce",
        "user_name",
        "upn"
      })
  void aTokenWithoutSubAndWithASignOfAUserIsOfAnUnknownCaller(String sign) throws Exception {
    log.announce("user_unknown: a user's token has no sub");

    String first = caller("\"client_id\":\"app\",\"" + sign + "\":\"alice\"");
    String second = caller("\"client_id\":\"app\",\"" + sign + "\":\"alice\"");

    assertThat(first)
        .contains("user=- client=app ", " principal=unknown:", " remoteUser=null ", " UNKNOWN");
    assertThat(first).isNotEqualTo(second); // so nothing is stored under this name and found again
    assertThat(log.messages("WARN")).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "sub":"alice","client_id":"app","username":"x" | alice              | USER
          "sub":"alice"                                  | alice              | USER
          "sub":"client:app","client_id":"app"           | user:client:app    | USER
          "sub":"unknown:1","client_id":"app"            | user:unknown:1     | USER
          "sub":"user:client:app","client_id":"app"      | user:user:client:app | USER
          "client_id":"app"                              | client:app         | CLIENT
          "sub":"app","client_id":"app"                  | client:app         | CLIENT
          "scope":"a"                                    | unknown:           | UNKNOWN
          """)
  void theKindOfCallerAndItsNameFollowFromSubAndClient(String members, String name, String kind)
      throws Exception {
    assertThat(caller(members)).contains(" principal=" + name, " " + kind);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\""})
  void aSubThatIsNullOrEmptyIsNoUser(String sub) throws Exception {
    log.announce("user_unknown: a user's token has no sub");

    assertThat(caller("\"client_id\":\"app\",\"username\":\"alice\",\"sub\":" + sub))
        .contains("user=- client=app ", " principal=unknown:", " UNKNOWN");
    assertThat(caller("\"client_id\":\"app\",\"username\":null,\"sub\":" + sub))
        .contains("user=- client=app ", " principal=client:app", " CLIENT");
  }

  @Test
  void anUnknownCallerIsLoggedOnce() throws Exception {
    log.announce("user_unknown: a user's token has no sub");
    for (int i = 0; i < 5; i++) {
      caller("\"client_id\":\"app\",\"username\":\"alice\"");
    }
    assertThat(log.messages("WARN")).hasSize(1);
  }
}
