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
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ways for a resource server to say who it is, beyond a secret. */
class CallersTest {
  private static final ECKey KEY = newKey();
  private static final ECKey STRANGE_KEY = newKey();
  private static final String ASSERTION_TYPE =
      "&client_assertion_type="
          + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
          + "&client_assertion=";

  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clientRegistry(new InMemoryClientRegistry(clients()))
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
          for the endpoint (RFC 7523 §3)  | signer | signer | ENDPOINT | 60   | a | good  | 200
          for the issuer                  | signer | signer | ISSUER   | 60   | a | good  | 200
          for somebody else               | signer | signer | https://evil.example.com | 60 | a | good | 401
          expired                         | signer | signer | ISSUER   | -61  | a | good  | 401
          good for hours                  | signer | signer | ISSUER   | 7200 | a | good  | 401
          without an id                   | signer | signer | ISSUER   | 60   |   | good  | 401
          signed by somebody else         | signer | signer | ISSUER   | 60   | a | bad   | 401
          of another issuer               | other  | signer | ISSUER   | 60   | a | good  | 401
          for a client with a secret      | bearer | bearer | ISSUER   | 60   | a | good  | 401
          of a client that nobody knows   | nobody | nobody | ISSUER   | 60   | a | good  | 401
          """)
  void anAssertionMustBeRightInEveryPart(
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
                .replace("ISSUER", server.origin()),
            Duration.ofSeconds(seconds),
            id,
            key.equals("good") ? KEY : STRANGE_KEY);

    HttpResponse<String> answer = server.post(INTROSPECT, "token=abc" + ASSERTION_TYPE + assertion);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
  }

  @Test // RFC 7523 §3
  void anAssertionIsGoodOnce() throws JOSEException {
    String form =
        "token=abc"
            + ASSERTION_TYPE
            + assertion("signer", "signer", server.origin(), Duration.ofMinutes(1), "once", KEY);

    assertThat(server.post(INTROSPECT, form).statusCode()).isEqualTo(200);
    assertThat(server.post(INTROSPECT, form).statusCode()).isEqualTo(401);
  }

  @Test
  void anAssertionThatIsNotSignedIsNone() {
    String none = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJzaWduZXIiLCJzdWIiOiJzaWduZXIifQ.";

    assertThat(server.post(INTROSPECT, "token=abc" + ASSERTION_TYPE + none).statusCode())
        .isEqualTo(401);
  }

  @Test // RFC 7662 §2.1
  void aTokenWithTheScopeIntrospectMayAsk() {
    String asked = Demo.token(server);
    String credential = credential("bearer", "bearer-secret", "introspect");

    assertThat(json(ask(credential, asked)))
        .containsEntry("active", true)
        .containsEntry("client_id", "client");
  }

  @Test
  void aTokenMayNotAskAboutItself() {
    String credential = credential("bearer", "bearer-secret", "introspect");

    HttpResponse<String> answer = ask(credential, credential);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(header(answer, "WWW-Authenticate"))
        .startsWith("Bearer ")
        .contains("error=\"invalid_token\"");
  }

  @Test // it is for this server alone: a resource server that gets it can't pass it off
  void aTokenForAskingIsForNobodyElse() {
    String credential = credential("bearer", "bearer-secret", "introspect");

    HttpResponse<String> answer =
        server.post(INTROSPECT, "notes-server", "notes-secret", "token=" + credential);

    assertThat(answer.body()).isEqualTo("{\"active\":false}");
  }

  @Test
  void anyOtherTokenMayNotAsk() {
    String resourceToken = Demo.token(server);
    assertThat(ask(resourceToken, "abc").statusCode()).isEqualTo(401);
    assertThat(ask("unknown", "abc").statusCode()).isEqualTo(401);
    assertThat(ask("", "abc").statusCode()).isEqualTo(401);

    String noServer = credential("no-server", "no-secret", "introspect");
    assertThat(ask(noServer, "abc").statusCode()).isEqualTo(403);

    String expired = credential("bearer", "bearer-secret", "introspect");
    clock.turn(Duration.ofMinutes(10));
    assertThat(ask(expired, "abc").statusCode()).isEqualTo(401);
  }

  @Test // RFC 9701 §5
  @SuppressWarnings("unchecked")
  void whoAsksForASignedAnswerGetsOne() throws ParseException, JOSEException {
    String token = Demo.token(server);

    HttpResponse<String> answer = signed(token, "application/token-introspection+jwt");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).startsWith("application/token-introspection+jwt");
    assertThat(header(answer, "Cache-Control")).isEqualTo("no-store");
    SignedJWT jwt = SignedJWT.parse(answer.body());
    assertThat(jwt.getHeader().getType().getType()).isEqualTo("token-introspection+jwt");
    JWKSet keys = JWKSet.parse(server.get("/oauth/jwks").body());
    ECKey key = keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toECKey();
    assertThat(key.isPrivate()).isFalse();
    assertThat(jwt.verify(new ECDSAVerifier(key))).isTrue();
    JWTClaimsSet claims = jwt.getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo(server.origin());
    assertThat(claims.getAudience()).containsExactly("notes-server");
    assertThat(claims.getIssueTime()).isEqualTo(Date.from(clock.instant()));
    assertThat((Map<String, Object>) claims.getClaim("token_introspection"))
        .containsEntry("active", true)
        .containsEntry("client_id", "client");
    // RFC 9701 §5: nothing by which it could be taken for an access token or an ID token
    assertThat(claims.getSubject()).isNull();
    assertThat(claims.getExpirationTime()).isNull();
  }

  @Test // Keycloak's CVE-2026-18208
  @SuppressWarnings("unchecked")
  void aSignedAnswerOnAnInactiveTokenSaysNothingMore() throws ParseException {
    HttpResponse<String> answer = signed("abc", "application/token-introspection+jwt");

    assertThat(
            (Map<String, Object>)
                SignedJWT.parse(answer.body()).getJWTClaimsSet().getClaim("token_introspection"))
        .containsExactlyEntriesOf(Map.of("active", false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json                                            | application/json
          */*                                                         | application/json
          application/token-introspection+jwt;q=0                     | application/json
          application/token-introspection+jwt;q=0.0, application/json | application/json
          application/json;q=0.5, Application/Token-Introspection+JWT | application/token-introspection+jwt
          application/token-introspection+jwt; q=0.9                  | application/token-introspection+jwt
          """)
  void onlyWhoAsksGetsASignedAnswer(String accept, String type) {
    assertThat(header(signed("abc", accept), "Content-Type")).startsWith(type);
  }

  private HttpResponse<String> signed(String token, String accept) {
    return server.send(
        server
            .form(INTROSPECT, "token=" + token)
            .header("Authorization", basic("notes-server", "notes-secret"))
            .header("Accept", accept));
  }

  private HttpResponse<String> ask(String credential, String token) {
    return server.send(
        server.form(INTROSPECT, "token=" + token).header("Authorization", "Bearer " + credential));
  }

  private String credential(String client, String secret, String scope) {
    return text(
        server.post(Demo.TOKEN, client, secret, Demo.FROM_CLIENT + "&scope=" + scope),
        "access_token");
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
