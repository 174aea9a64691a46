package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.Demo.NOTES;
import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
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
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One request has one client (RFC 6749 §2.3), at each endpoint that authenticates clients. */
class ClientIdentityTest {
  private static final ECKey KEY = newKey();

  private static final String ASSERTION_TYPE =
      "client_assertion_type="
          + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
          + "&client_assertion=";

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .clientRegistry(new InMemoryClientRegistry(clients()))
                  .build()
                  .register(context));

  private static List<RegisteredClient> clients() {
    List<RegisteredClient> clients = new ArrayList<>(Demo.clients());
    clients.add(withAllRights("basic").secret("basic-secret").build());
    clients.add(withAllRights("signer").jwks(new JWKSet(KEY.toPublicJWK()).toString()).build());
    return clients;
  }

  private static RegisteredClient.Builder withAllRights(String id) {
    return RegisteredClient.builder(id)
        .resourceServerFor(NOTES)
        .grantTypes("client_credentials")
        .scopes("introspect");
  }

  @ParameterizedTest(name = "{0}, {1}, {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Basic  | token      | client_id=notes-server    | invalid_request
          Basic  | introspect | client_id=notes-server    | invalid_request
          Basic  | revoke     | client_id=notes-server    | invalid_request
          Basic  | token      | client_id=public          | invalid_request
          Basic  | introspect | client_id=nobody          | invalid_request
          Basic  | token      | client_id=BASIC           | invalid_request
          Basic  | token      | client_id=basic%00        | invalid_request
          Basic  | token      | client_id=basic           |
          Basic  | introspect | client_id=basic           |
          Basic  | revoke     | client_id=basic           |
          Basic  | token      | client_id=                |
          Basic  | token      | client_id=notes-server&client_id=%zz | invalid_request
          Basic  | token      | client_id=%zz             | invalid_request
          Basic  | introspect | client_id=%               | invalid_request
          Basic  | revoke     | client_id=notes-server%1  | invalid_request
          Basic  | token      | client_secret=x           | invalid_request
          Basic  | revoke     | client_assertion=x        | invalid_request
          Bearer | introspect | client_id=notes-server    | invalid_request
          Bearer | introspect | client_id=basic           |
          Bearer | introspect | client_id=                |
          Bearer | introspect | client_id=basic&client_secret=basic-secret | invalid_request
          Bearer | introspect | client_assertion=x        | invalid_request
          JWT    | token      | client_id=notes-server    | invalid_client
          JWT    | introspect | client_id=notes-server    | invalid_client
          JWT    | revoke     | client_id=notes-server    | invalid_client
          JWT    | token      | client_id=signer          |
          JWT of another issuer | token | client_id=signer | invalid_client
          """)
  void aRequestThatNamesTwoClientsIsRefused(
      String method, String endpoint, String more, @Nullable String error) throws JOSEException {
    String path = "/oauth/" + endpoint;
    String form = Demo.FROM_CLIENT + "&token=abc&" + more;
    HttpRequest.Builder request =
        switch (method) {
          case "Basic" ->
              server.form(path, form).header("Authorization", basic("basic", "basic-secret"));
          case "Bearer" -> server.form(path, form).header("Authorization", "Bearer " + token());
          case "JWT" -> server.form(path, form + "&" + ASSERTION_TYPE + assertion("signer"));
          default -> server.form(path, form + "&" + ASSERTION_TYPE + assertion("basic"));
        };

    HttpResponse<String> response = server.send(request);

    if (error == null) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    } else {
      assertThat(response.statusCode()).isEqualTo(error.equals("invalid_client") ? 401 : 400);
      assertThat(json(response)).containsEntry("error", error);
    }
  }

  private String token() {
    return text(
        server.post(Demo.TOKEN, "basic", "basic-secret", Demo.FROM_CLIENT + "&scope=introspect"),
        "access_token");
  }

  private String assertion(String issuer) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).build(),
            new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject("signer")
                .audience(server.origin())
                .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                .jwtID("once")
                .build());
    jwt.sign(new ECDSASigner(KEY));
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
