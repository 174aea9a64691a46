package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.INTROSPECT;
import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemoryTokenStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authentication of resource servers by signed assertion and by access token (RFC 7662 §2.1). */
class IntrospectionCallerTest {
  private static final ECKey KEY = newKey();
  private static final ECKey OTHER_KEY = newKey();
  private static final String ASSERTION_TYPE =
      "&client_assertion_type="
          + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
          + "&client_assertion=";

  private final TurnedClock clock = new TurnedClock();
  private final InMemoryTokenStore tokens = new InMemoryTokenStore();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clientRegistry(new InMemoryClientRegistry(clients()))
                  .tokenStore(tokens)
                  .failedAuthenticationRateLimit(
                      new InMemoryRateLimit(4, Duration.ofSeconds(8), clock))
                  .clock(clock)
                  .build()
                  .register(context));

  private static List<RegisteredClient> clients() {
    List<RegisteredClient> clients = new ArrayList<>(Demo.clients());
    clients.add(
        RegisteredClient.builder("signer")
            .jwks(new JWKSet(KEY.toPublicJWK()).toString())
            .resourceServerFor(NOTES)
            .grantTypes("client_credentials")
            .scopes("introspect")
            .build());
    clients.add(
        RegisteredClient.builder("bearer")
            .secret("bearer-secret")
            .resourceServerFor(NOTES)
            .grantTypes("client_credentials")
            .scopes("introspect", "other")
            .build());
    clients.add(
        RegisteredClient.builder("no-server")
            .secret("no-secret")
            .grantTypes("client_credentials")
            .scopes("introspect")
            .build());
    return clients;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          for the endpoint (RFC 7523 §3)  | signer | signer | ENDPOINT | 60   | a | own   | 200
          for the issuer                  | signer | signer | ISSUER   | 60   | a | own   | 200
          for another server              | signer | signer | https://evil.example.com | 60 | a | own | 401
          for the token endpoint          | signer | signer | TOKEN    | 60   | a | own   | 401
          expired                         | signer | signer | ISSUER   | -61  | a | own   | 401
          valid for hours                 | signer | signer | ISSUER   | 7200 | a | own   | 401
          without an id                   | signer | signer | ISSUER   | 60   |   | own   | 401
          signed with another key         | signer | signer | ISSUER   | 60   | a | other | 401
          of another issuer               | other  | signer | ISSUER   | 60   | a | own   | 401
          for a client with a secret      | bearer | bearer | ISSUER   | 60   | a | own   | 401
          of an unknown client            | nobody | nobody | ISSUER   | 60   | a | own   | 401
          """)
  void everyClaimOfAnAssertionIsValidated(
      String what,
      String issuer,
      String subject,
      String audience,
      int seconds,
      @Nullable String id,
      String key,
      int status)
      throws JOSEException {
    String assertion =
        assertion(
            issuer,
            subject,
            audience
                .replace("ENDPOINT", server.origin() + INTROSPECT)
                .replace("TOKEN", server.origin() + Demo.TOKEN)
                .replace("ISSUER", server.origin()),
            Duration.ofSeconds(seconds),
            id,
            key.equals("own") ? KEY : OTHER_KEY);

    HttpResponse<String> response =
        server.post(INTROSPECT, "token=abc" + ASSERTION_TYPE + assertion);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
  }

  @Test // RFC 7523 §3
  void anAssertionIsAcceptedOnce() throws JOSEException {
    String form =
        "token=abc"
            + ASSERTION_TYPE
            + assertion("signer", "signer", server.origin(), Duration.ofMinutes(1), "once", KEY);

    assertThat(server.post(INTROSPECT, form).statusCode()).isEqualTo(200);
    assertThat(server.post(INTROSPECT, form).statusCode()).isEqualTo(401);
  }

  @Test // the used assertions of all endpoints are recorded together
  void anAssertionForTheIssuerIsAcceptedAtOneEndpointOnly() throws JOSEException {
    String assertion =
        assertion("signer", "signer", server.origin(), Duration.ofMinutes(1), "once", KEY);

    assertThat(server.post(Demo.TOKEN, Demo.FROM_CLIENT + ASSERTION_TYPE + assertion).statusCode())
        .isEqualTo(200);
    assertThat(server.post(INTROSPECT, "token=abc" + ASSERTION_TYPE + assertion).statusCode())
        .isEqualTo(401);
  }

  @Test
  void anUnsignedAssertionIsRefused() {
    String none = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJzaWduZXIiLCJzdWIiOiJzaWduZXIifQ.";

    assertThat(server.post(INTROSPECT, "token=abc" + ASSERTION_TYPE + none).statusCode())
        .isEqualTo(401);
  }

  @ParameterizedTest // RFC 7662 §2.1; RFC 9110 §11.1: the scheme is case-insensitive
  @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "Bearer   "})
  void anAccessTokenWithTheScopeIntrospectAuthenticates(String scheme) {
    String introspected = Demo.token(server);
    String credential = credential("bearer", "bearer-secret", "introspect");

    HttpResponse<String> response =
        server.send(
            server
                .form(INTROSPECT, "token=" + introspected)
                .header("Authorization", scheme + credential));

    assertThat(json(response)).containsEntry("active", true).containsEntry("client_id", "client");
  }

  @Test
  void anAccessTokenCannotIntrospectItself() {
    String credential = credential("bearer", "bearer-secret", "introspect");

    HttpResponse<String> response = introspect(credential, credential);

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(header(response, "WWW-Authenticate"))
        .startsWith("Bearer ")
        .contains("error=\"invalid_token\"");
  }

  @Test // only this server is in its audience, so a resource server that receives it cannot use it
  void aTokenForIntrospectionIsInactiveForResourceServers() {
    String credential = credential("bearer", "bearer-secret", "introspect");

    HttpResponse<String> response =
        server.post(INTROSPECT, "notes-server", "notes-secret", "token=" + credential);

    assertThat(response.body()).isEqualTo("{\"active\":false}");
  }

  @Test // RFC 8707 §2: the audience is the requested resource, even with the scope
  void aTokenForAResourceDoesNotAuthenticateEvenWithTheScope() {
    String forNotes = credential("bearer", "bearer-secret", "introspect&resource=" + encode(NOTES));

    assertThat(introspect(forNotes, "abc").statusCode()).isEqualTo(401);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          all that is needed                | ACCESS  | bearer    | ISSUER | introspect       | 200 |
          with other scopes too             | ACCESS  | bearer    | ISSUER | other introspect | 200 |
          for other resources too           | ACCESS  | bearer    | NOTES ISSUER | introspect | 200 |
          without the scope (RFC 6750 §3.1) | ACCESS  | bearer    | ISSUER | other            | 403 | insufficient_scope
          a scope with that prefix          | ACCESS  | bearer    | ISSUER | introspect2      | 403 | insufficient_scope
          without scopes                    | ACCESS  | bearer    | ISSUER |                  | 403 | insufficient_scope
          for another audience              | ACCESS  | bearer    | NOTES  | introspect       | 401 | invalid_token
          without audience                  | ACCESS  | bearer    |        | introspect       | 401 | invalid_token
          a refresh token                   | REFRESH | bearer    | ISSUER | introspect       | 401 | invalid_token
          of a client without resources     | ACCESS  | no-server | ISSUER | introspect       | 403 | unauthorized_client
          of a removed client               | ACCESS  | removed   | ISSUER | introspect       | 401 | invalid_token
          """)
  void everyPropertyOfTheCallersTokenIsValidated(
      String what,
      TokenKind kind,
      String client,
      @Nullable String audience,
      @Nullable String scopes,
      int status,
      @Nullable String error) {
    StoredToken.Builder token =
        StoredToken.builder(kind, client, clock.instant(), clock.instant().plusSeconds(60));
    if (audience != null) {
      token.audience(
          audience.replace("ISSUER", server.origin()).replace("NOTES", NOTES).split(" "));
    }
    if (scopes != null) {
      token.scopes(scopes.split(" "));
    }

    HttpResponse<String> response = introspect(save(token), "abc");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).get("error")).isEqualTo(error);
    if (error != null && !error.equals("unauthorized_client")) {
      assertThat(header(response, "WWW-Authenticate")).contains("error=\"" + error + "\"");
    }
  }

  @Test
  void theCallersTokenIsInvalidFromTheSecondItExpires() {
    String credential = credential("bearer", "bearer-secret", "introspect");

    clock.turn(Duration.ofMinutes(10).minusNanos(1));
    assertThat(introspect(credential, "abc").statusCode()).isEqualTo(200);
    clock.turn(Duration.ofNanos(1));
    assertThat(introspect(credential, "abc").statusCode()).isEqualTo(401);
  }

  @Test
  void theCallersTokenIsInvalidOnceRevoked() {
    String credential = credential("bearer", "bearer-secret", "introspect");

    server.post(Demo.REVOKE, "bearer", "bearer-secret", "token=" + credential);

    assertThat(introspect(credential, "abc").statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Bearer ", "Bearer unknown", "Bearer a b", "Token abc"})
  void anyOtherAuthorizationHeaderGets401(String authorization) {
    HttpResponse<String> response =
        server.send(server.form(INTROSPECT, "token=abc").header("Authorization", authorization));

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(header(response, "WWW-Authenticate")).isNotEmpty(); // RFC 9110 §15.5.2
    assertThat(response.body()).doesNotContain("active");
  }

  @Test // RFC 7662 §4: tokens must not be guessed through the header either
  void invalidTokensOfCallersAreLimitedByAddress() {
    for (int i = 0; i < 4; i++) {
      assertThat(introspect("guess-" + i, "abc").statusCode()).isEqualTo(401);
    }

    HttpResponse<String> refused = introspect("guess", "abc");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "Retry-After")).isEqualTo("2");
    clock.turn(Duration.ofSeconds(2));
    assertThat(introspect("guess", "abc").statusCode()).isEqualTo(401);
  }

  @Test
  void validTokensOfCallersAreNotLockedOutByInvalidOnes() {
    String credential = credential("bearer", "bearer-secret", "introspect");
    for (int i = 0; i < 6; i++) {
      introspect("guess", "abc");
    }

    assertThat(introspect(credential, "abc").statusCode()).isEqualTo(200);
  }

  @Test
  void theCallersResourcesLimitWhatItsTokenMayIntrospect() {
    String credential = credential("bearer", "bearer-secret", "introspect");
    String forMaps =
        save(
            StoredToken.builder(
                    TokenKind.ACCESS, "client", clock.instant(), clock.instant().plusSeconds(60))
                .audience(Demo.MAPS));

    assertThat(introspect(credential, forMaps).body()).isEqualTo("{\"active\":false}");
  }

  @Test // RFC 6749 §2.3
  void aSecretBesideABasicHeaderIsRefused() {
    HttpResponse<String> response =
        server.send(
            server
                .form(INTROSPECT, "token=abc&client_id=notes-server&client_secret=notes-secret")
                .header("Authorization", basic("notes-server", "notes-secret")));

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response)).containsEntry("error", "invalid_request");
  }

  private HttpResponse<String> introspect(String credential, String token) {
    return server.send(
        server.form(INTROSPECT, "token=" + token).header("Authorization", "Bearer " + credential));
  }

  private String credential(String client, String secret, String scope) {
    return text(
        server.post(Demo.TOKEN, client, secret, Demo.FROM_CLIENT + "&scope=" + scope),
        "access_token");
  }

  private String save(StoredToken.Builder token) {
    OpaqueToken value = OpaqueToken.random();
    tokens.save(List.of(new IssuedToken(value.hash(), token.build())));
    return value.value();
  }

  private String assertion(
      String issuer,
      String subject,
      String audience,
      Duration lifetime,
      @Nullable String id,
      ECKey key)
      throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).build(),
            new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject(subject)
                .audience(audience)
                .expirationTime(Date.from(clock.instant().plus(lifetime)))
                .jwtID(id)
                .build());
    jwt.sign(new ECDSASigner(key));
    return jwt.serialize();
  }

  private static ECKey newKey() {
    try {
      return new ECKeyGenerator(Curve.P_256).keyIDFromThumbprint(true).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
