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

/** Which client may revoke which token, and what else is revoked (RFC 7009). */
class RevocationTest {
  private static final String INACTIVE = "{\"active\":false}";

  private final TokensByHand tokens = new TokensByHand(new TurnedClock());
  @AutoClose private final TestServer server = tokens.server();

  @Test // RFC 7009 §2.1
  void aRevokedTokenIsInactive() {
    String token = token(server);

    HttpResponse<String> response =
        server.post(REVOKE, "client", "client-secret", "token=" + token);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(introspect(server, token).body()).isEqualTo(INACTIVE);
  }

  @Test // RFC 7009 §2.1: the response does not reveal that the token exists
  void aClientCannotRevokeTheTokenOfAnother() {
    String token = token(server);

    HttpResponse<String> response = server.post(REVOKE, "idle", "idle-secret", "token=" + token);

    assertThat(response.statusCode()).isEqualTo(200);
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
  void revocationHasTheResponsesOfRfc7009(
      String what, String secret, String form, int status, @Nullable String error) {
    HttpResponse<String> response = server.post(REVOKE, "client", secret, form);

    assertThat(response.statusCode()).isEqualTo(status);
    if (error == null) {
      assertThat(response.body()).isEmpty();
    } else {
      assertThat(json(response)).containsEntry("error", error);
    }
  }

  @Test // RFC 7009 §2.1
  void revokingARefreshTokenRevokesTheAccessTokensOfItsGrant() {
    OpaqueToken access = tokens.save(tokens.access().grantId("one").audience(NOTES));
    OpaqueToken otherGrant = tokens.save(tokens.access().grantId("two").audience(NOTES));
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "client").grantId("one"));

    server.post(REVOKE, "client", "client-secret", "token=" + refresh.value());

    assertThat(introspect(server, access.value()).body()).isEqualTo(INACTIVE);
    assertThat(json(introspect(server, otherGrant.value()))).containsEntry("active", true);
  }
}
