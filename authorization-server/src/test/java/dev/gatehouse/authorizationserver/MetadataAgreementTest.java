package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.parameters;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the metadata document lists is accepted, and what it does not list is refused (RFC 8414 §2).
 */
@SuppressWarnings({"NullAway.Init", "unchecked"})
class MetadataAgreementTest {
  private static final String ASSERTION_TYPE =
      "&client_assertion_type="
          + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
          + "&client_assertion=";
  private static final String LONG_SECRET = "a-secret-that-is-long-enough-for-hs512-".repeat(2);

  /** A key for each algorithm: RSA for RS and PS, and a curve for each ES. */
  private static final Map<String, JWK> KEYS = new TreeMap<>();

  private static final TurnedClock CLOCK = new TurnedClock();
  private static TestServer server;
  private static Map<String, Object> metadata;

  @BeforeAll
  static void start() throws JOSEException {
    KEYS.put("rsa", new RSAKeyGenerator(2048).keyID("rsa").generate());
    KEYS.put("ES256", new ECKeyGenerator(Curve.P_256).keyID("ES256").generate());
    KEYS.put("ES384", new ECKeyGenerator(Curve.P_384).keyID("ES384").generate());
    KEYS.put("ES512", new ECKeyGenerator(Curve.P_521).keyID("ES512").generate());
    List<RegisteredClient> clients = new ArrayList<>(Demo.clients());
    clients.add(
        RegisteredClient.builder("signer")
            .jwks(new JWKSet(List.copyOf(KEYS.values())).toPublicJWKSet().toString())
            .grantTypes("client_credentials")
            .scopes("notes:read", "introspect")
            .resourceServerFor(Demo.NOTES)
            .build());
    clients.add(
        RegisteredClient.builder("hmac")
            .secret(LONG_SECRET)
            .grantTypes("client_credentials")
            .scopes("notes:read")
            .build());
    server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .clientRegistry(new InMemoryClientRegistry(clients))
                    .failedAuthenticationRateLimit(
                        new InMemoryRateLimit(1_000_000, Duration.ofSeconds(1), CLOCK))
                    .clock(CLOCK)
                    .build()
                    .register(context));
    metadata = json(server.get("/.well-known/oauth-authorization-server"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void everyListedUrlIsServed() {
    List<String> members =
        metadata.keySet().stream()
            .filter(name -> name.endsWith("_endpoint") || name.endsWith("_uri"))
            .toList();

    assertThat(members)
        .containsExactlyInAnyOrder(
            "authorization_endpoint",
            "token_endpoint",
            "introspection_endpoint",
            "revocation_endpoint",
            "registration_endpoint",
            "jwks_uri");
    for (String member : members) {
      String url = String.valueOf(metadata.get(member));
      assertThat(url).startsWith(server.origin());
      assertThat(server.get(url.substring(server.origin().length())).statusCode())
          .as(member)
          .isNotEqualTo(404);
    }
  }

  @Test // RFC 8414 §3.2: the whole document, so that a new member is noticed here
  void theDocumentHasTheseMembersOnly() {
    assertThat(metadata)
        .containsOnlyKeys(
            "issuer",
            "acr_values_supported",
            "authorization_endpoint",
            "authorization_response_iss_parameter_supported",
            "client_id_metadata_document_supported",
            "code_challenge_methods_supported",
            "dpop_signing_alg_values_supported",
            "grant_types_supported",
            "introspection_endpoint",
            "introspection_endpoint_auth_methods_supported",
            "introspection_endpoint_auth_signing_alg_values_supported",
            "introspection_signing_alg_values_supported",
            "jwks_uri",
            "registration_endpoint",
            "response_modes_supported",
            "response_types_supported",
            "revocation_endpoint",
            "revocation_endpoint_auth_methods_supported",
            "revocation_endpoint_auth_signing_alg_values_supported",
            "scopes_supported",
            "token_endpoint",
            "token_endpoint_auth_methods_supported",
            "token_endpoint_auth_signing_alg_values_supported");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client_credentials",
        "authorization_code",
        "refresh_token",
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "urn:openid:params:grant-type:ciba",
      })
  void aGrantTypeIsSupportedIfItIsListed(String grantType) {
    HttpResponse<String> response =
        server.post(
            Demo.TOKEN,
            "web",
            "web-secret",
            "grant_type="
                + encode(grantType)
                + "&code=a&refresh_token=a&username=a&password=a&assertion=a.b.c&device_code=a"
                + "&subject_token=a&auth_req_id=a&subject_token_type="
                + encode("urn:ietf:params:oauth:token-type:access_token"));

    if (list("grant_types_supported").contains(grantType)) {
      assertThat(text(response, "error")).isIn("invalid_grant", "unauthorized_client");
    } else {
      assertThat(text(response, "error")).isIn("unsupported_grant_type", "invalid_request");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "token, client_secret_basic",
    "token, client_secret_post",
    "token, private_key_jwt",
    "token, none",
    "token, client_secret_jwt",
    "revocation, client_secret_basic",
    "revocation, client_secret_post",
    "revocation, private_key_jwt",
    "revocation, none",
    "revocation, client_secret_jwt",
    "introspection, client_secret_basic",
    "introspection, client_secret_post",
    "introspection, private_key_jwt",
    "introspection, none",
    "introspection, Bearer",
    "introspection, client_secret_jwt",
  })
  void anAuthenticationMethodIsAcceptedIfItIsListed(String endpoint, String method)
      throws JOSEException {
    int status = authenticate(endpoint, method).statusCode();

    if (list(endpoint + "_endpoint_auth_methods_supported").contains(method)) {
      assertThat(status).isNotIn(401, 403);
    } else {
      assertThat(status).isIn(401, 403);
    }
  }

  private static HttpResponse<String> authenticate(String endpoint, String method)
      throws JOSEException {
    boolean introspects = endpoint.equals("introspection");
    String id = introspects ? "notes-server" : "client";
    String secret = introspects ? "notes-secret" : "client-secret";
    String path = path(endpoint + "_endpoint");
    String form = "token=abc&grant_type=client_credentials";
    return switch (method) {
      case "client_secret_basic" -> server.post(path, id, secret, form);
      case "client_secret_post" ->
          server.post(path, form + "&client_id=" + id + "&client_secret=" + secret);
      case "private_key_jwt" ->
          server.post(path, form + ASSERTION_TYPE + assertion("signer", "ES256", endpoint));
      case "client_secret_jwt" ->
          server.post(path, form + ASSERTION_TYPE + assertion("hmac", "HS256", endpoint));
      case "none" -> server.post(path, form + "&client_id=public");
      case "Bearer" ->
          server.send(
              server.form(path, form).header("Authorization", "Bearer " + tokenForIntrospection()));
      default -> throw new IllegalArgumentException(method);
    };
  }

  private static String tokenForIntrospection() throws JOSEException {
    return text(
        server.post(
            Demo.TOKEN,
            Demo.FROM_CLIENT
                + "&scope=introspect"
                + ASSERTION_TYPE
                + assertion("signer", "ES256", "token")),
        "access_token");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "HS256",
        "HS384", "HS512",
      })
  void aSigningAlgorithmIsAcceptedIfItIsListed(String algorithm) throws JOSEException {
    String client = algorithm.startsWith("HS") ? "hmac" : "signer";
    for (String endpoint : List.of("token", "revocation", "introspection")) {
      HttpResponse<String> response =
          server.post(
              path(endpoint + "_endpoint"),
              "token=abc&grant_type=client_credentials"
                  + ASSERTION_TYPE
                  + assertion(client, algorithm, endpoint));

      assertThat(response.statusCode() == 200)
          .as(endpoint + " " + response.body())
          .isEqualTo(
              list(endpoint + "_endpoint_auth_signing_alg_values_supported").contains(algorithm));
    }
  }

  @Test // RFC 8414 §2: "none" must not be used
  void noListContainsAnAlgorithmWithoutAsymmetricSignature() {
    metadata.forEach(
        (name, value) -> {
          if (name.contains("_alg_")) {
            assertThat((List<String>) value).as(name).allMatch(alg -> alg.matches("[REP]S\\d{3}"));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"code", "token", "id_token", "code token", "code id_token", "none"})
  void aResponseTypeIsAcceptedIfItIsListed(String type) {
    expectAccepted("response_type", type, list("response_types_supported").contains(type));
  }

  @ParameterizedTest
  @ValueSource(strings = {"query", "fragment", "form_post", "jwt", "query.jwt"})
  void aResponseModeIsAcceptedIfItIsListed(String mode) {
    expectAccepted("response_mode", mode, list("response_modes_supported").contains(mode));
  }

  @ParameterizedTest
  @ValueSource(strings = {"S256", "plain", "S384"})
  void aCodeChallengeMethodIsAcceptedIfItIsListed(String method) {
    expectAccepted(
        "code_challenge_method", method, list("code_challenge_methods_supported").contains(method));
  }

  private static void expectAccepted(String name, String value, boolean accepted) {
    Map<String, String> request = request();
    request.put(name, value);
    HttpResponse<String> response = new UserAgent(server).open(request);

    if (accepted) {
      assertThat(response.statusCode()).isEqualTo(200);
    } else {
      assertThat(parameters(response)).containsKey("error");
    }
  }

  @Test // RFC 9207 §3
  void everyAuthorizationResponseHasTheListedIssuer() {
    assertThat(metadata)
        .containsEntry("authorization_response_iss_parameter_supported", true)
        .containsEntry("issuer", server.origin());
    Map<String, String> invalid = request();
    invalid.put("scope", "introspect");

    assertThat(new UserAgent(server).consent(request())).containsEntry("iss", server.origin());
    assertThat(parameters(new UserAgent(server).open(invalid)))
        .containsEntry("iss", server.origin());
  }

  @Test // RFC 9701 §7
  void signedResponsesHaveTheListedAlgorithm() throws ParseException {
    HttpRequest.Builder request =
        server
            .form(path("introspection_endpoint"), "token=abc")
            .header("Authorization", basic("notes-server", "notes-secret"))
            .header("Accept", "application/token-introspection+jwt");

    assertThat(list("introspection_signing_alg_values_supported"))
        .containsExactly(
            SignedJWT.parse(server.send(request).body()).getHeader().getAlgorithm().getName());
  }

  @Test
  void aRegisteredClientMayUseWhatIsListed() {
    HttpResponse<String> registered =
        server.send(
            server
                .request(path("registration_endpoint"))
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"redirect_uris\":[\"http://127.0.0.1/callback\"]}")));

    assertThat(registered.statusCode()).isEqualTo(201);
    assertThat(list("grant_types_supported"))
        .containsAll((List<String>) json(registered).get("grant_types"));
    assertThat(list("response_types_supported"))
        .containsAll((List<String>) json(registered).get("response_types"));
    assertThat(list("scopes_supported")).containsAll(List.of(text(registered, "scope").split(" ")));
    assertThat(list("token_endpoint_auth_methods_supported"))
        .contains(text(registered, "token_endpoint_auth_method"));
  }

  @Test // RFC 8414 §3.1, OpenID Connect Discovery §4
  void everyPathServesTheSameDocument() {
    HttpResponse<String> first = server.get("/.well-known/oauth-authorization-server");
    HttpResponse<String> second = server.get("/.well-known/openid-configuration");

    assertThat(second.body()).isEqualTo(first.body());
    assertThat(header(first, "Content-Type")).startsWith("application/json");
  }

  private static List<String> list(String name) {
    return (List<String>) requireNonNull(metadata.get(name), name);
  }

  private static String path(String member) {
    return String.valueOf(metadata.get(member)).substring(server.origin().length());
  }

  private static String assertion(String client, String algorithm, String endpoint)
      throws JOSEException {
    JWSHeader.Builder header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm));
    JWSSigner signer;
    if (algorithm.startsWith("HS")) {
      signer = new MACSigner(LONG_SECRET);
    } else if (algorithm.startsWith("ES")) {
      signer = new ECDSASigner(key(algorithm).toECKey());
      header.keyID(algorithm);
    } else {
      signer = new RSASSASigner(key("rsa").toRSAKey());
      header.keyID("rsa");
    }
    SignedJWT jwt =
        new SignedJWT(
            header.build(),
            new JWTClaimsSet.Builder()
                .issuer(client)
                .subject(client)
                .audience(String.valueOf(metadata.get(endpoint + "_endpoint")))
                .expirationTime(Date.from(CLOCK.instant().plusSeconds(60)))
                .jwtID(UUID.randomUUID().toString())
                .build());
    jwt.sign(signer);
    return jwt.serialize();
  }

  private static JWK key(String id) {
    return requireNonNull(KEYS.get(id), id);
  }
}
