package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.REVOKE;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.Demo.token;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TokensByHand;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may take back which token, and what goes with it (RFC 7009). */
class RevocationTest {
  private static final String INACTIVE = "{\"active\":false}";

  private final TokensByHand tokens = new TokensByHand(new TurnedClock());
  @AutoClose private final TestServer server = tokens.server();

  @Test // RFC 7009 §2.1
  void aRevokedTokenIsInactive() {
    String token = token(server);

    HttpResponse<String> answer = server.post(REVOKE, "client", "client-secret", "token=" + token);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(introspect(server, token).body()).isEqualTo(INACTIVE);
  }

  @Test // RFC 7009 §2.1: of others' tokens nothing is revoked, and nothing is told
  void nobodyRevokesAnotherClientsToken() {
    String token = token(server);

    HttpResponse<String> answer = server.post(REVOKE, "idle", "idle-secret", "token=" + token);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(introspect(server, token))).containsEntry("active", true);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an unknown token (RFC 7009 §2.2)  | client-secret | token=abc | 200 |
          no token                          | client-secret | x=y       | 400 | invalid_request
          wrong secret                      | wrong         | token=abc | 401 | invalid_client
          """)
  void revocationAnswersAsRfc7009Says(
      String what, String secret, String form, int status, @Nullable String error) {
    HttpResponse<String> answer = server.post(REVOKE, "client", secret, form);

    assertThat(answer.statusCode()).isEqualTo(status);
    if (error == null) {
      assertThat(answer.body()).isEmpty();
    } else {
      assertThat(json(answer)).containsEntry("error", error);
    }
  }

  @Test // RFC 7009 §2.1: a refresh token takes the whole grant with it
  void revokingARefreshTokenEndsItsAccessTokens() {
    OpaqueToken access = tokens.save(tokens.access().grantId("one").audience(NOTES));
    OpaqueToken stranger = tokens.save(tokens.access().grantId("two").audience(NOTES));
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "client").grantId("one"));

    server.post(REVOKE, "client", "client-secret", "token=" + refresh.value());

    assertThat(introspect(server, access.value()).body()).isEqualTo(INACTIVE);
    assertThat(json(introspect(server, stranger.value()))).containsEntry("active", true);
  }
}
