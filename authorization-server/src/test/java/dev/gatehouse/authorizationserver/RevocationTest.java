package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.Demo.REVOKE;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.Demo.token;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.Rotation;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenStatus;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TokensByHand;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
          an empty token                    | client-secret | token=    | 400 | invalid_request
          two tokens                        | client-secret | token=a&token=b | 400 | invalid_request
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

  @ParameterizedTest // RFC 7009 §2.1: a wrong hint must not prevent the revocation
  @ValueSource(strings = {"access_token", "refresh_token", "id_token", "magic", ""})
  void theHintDoesNotMatter(String hint) {
    OpaqueToken access = tokens.save(tokens.access().grantId("one").audience(NOTES));
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "client").grantId("two"));
    OpaqueToken refreshed = tokens.save(tokens.access().grantId("two").audience(NOTES));

    for (OpaqueToken token : List.of(access, refresh)) {
      assertThat(revoke("token=" + token.value() + "&token_type_hint=" + hint).statusCode())
          .isEqualTo(200);
    }

    assertThat(introspect(server, access.value()).body()).isEqualTo(INACTIVE);
    assertThat(introspect(server, refreshed.value()).body()).isEqualTo(INACTIVE);
  }

  @Test // RFC 7009 §2.1: the grant may stay, and the client can refresh
  void revokingAnAccessTokenLeavesTheRestOfItsGrant() {
    OpaqueToken access = tokens.save(tokens.access().grantId("one").audience(NOTES));
    OpaqueToken other = tokens.save(tokens.access().grantId("one").audience(NOTES));
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "client").grantId("one"));

    revoke("token=" + access.value());

    assertThat(introspect(server, access.value()).body()).isEqualTo(INACTIVE);
    assertThat(json(introspect(server, other.value()))).containsEntry("active", true);
    assertThat(tokens.store().find(refresh).orElseThrow().status()).isEqualTo(TokenStatus.GOOD);
  }

  @Test // RFC 7009 §2.2: an invalid token is not an error
  void revokingTwiceHasTheSameResponse() {
    String token = token(server);

    HttpResponse<String> first = revoke("token=" + token);
    HttpResponse<String> second = revoke("token=" + token);
    HttpResponse<String> unknown = revoke("token=unknown");

    for (HttpResponse<String> response : List.of(first, second, unknown)) {
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEmpty();
      assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
      assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
    }
    assertThat(headersWithoutDate(second)).isEqualTo(headersWithoutDate(first));
    assertThat(headersWithoutDate(unknown)).isEqualTo(headersWithoutDate(first));
  }

  private static Map<String, List<String>> headersWithoutDate(HttpResponse<String> response) {
    Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
    headers.remove("date");
    return headers;
  }

  @Test // a rotated refresh token that leaked must end the grant too
  void revokingARotatedRefreshTokenEndsItsGrant() {
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "client").grantId("one"));
    OpaqueToken access = tokens.save(tokens.access().grantId("one").audience(NOTES));
    tokens
        .store()
        .rotate(
            refresh.hash(), Rotation.startedAt(Instant.parse("2026-11-21T12:00:00Z")), List.of());

    revoke("token=" + refresh.value());

    assertThat(introspect(server, access.value()).body()).isEqualTo(INACTIVE);
  }

  @Test // RFC 7009 §2.1: the client could otherwise end grants that it was not given
  void aRefreshTokenOfAnotherClientIsNotRevoked() {
    OpaqueToken refresh = tokens.save(tokens.of(TokenKind.REFRESH, "idle").grantId("one"));
    OpaqueToken access = tokens.save(tokens.of(TokenKind.ACCESS, "idle").grantId("one"));

    assertThat(revoke("token=" + refresh.value()).statusCode()).isEqualTo(200);
    assertThat(revoke("token=" + access.value()).statusCode()).isEqualTo(200);

    assertThat(tokens.store().find(refresh).orElseThrow().status()).isEqualTo(TokenStatus.GOOD);
    assertThat(tokens.store().find(access).orElseThrow().status()).isEqualTo(TokenStatus.GOOD);
  }

  private HttpResponse<String> revoke(String form) {
    return server.post(REVOKE, "client", "client-secret", form);
  }
}
