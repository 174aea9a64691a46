package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.FakeAuthorizationServer.ReceivedRequest;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Client authentication of introspection requests (RFC 7662 §2.1) by RFC 6749 §2.3.1 and RFC 7523
 * §2.2.
 */
class ClientAuthenticationTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private static final String SECRET = Secrets.CLIENT_SECRET + "-of-at-least-32-bytes";

  @TempDir private Path directory;
  private FakeAuthorizationServer as;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
  }

  @AfterEach
  void stop() {
    as.close();
  }

  private ReceivedRequest introspectionWith(UnaryOperator<SettingsBuilder> credentials)
      throws Exception {
    try (var server =
        ProtectedServer.guarding(
            new CallerServlet(),
            origin ->
                credentials
                    .apply(TestSettings.builder().resource(origin + "/mcp").issuer(as.issuer()))
                    .build())) {
      assertThat(server.get("/mcp", "Authorization", "Bearer unspeakable-token").statusCode())
          .isEqualTo(401);
    }
    return as.introspectionRequests().get(as.introspectionRequests().size() - 1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          plain             | client                    | secret-unspeakable
          a colon           | cli:ent                   | sec:ret-unspeakable
          percent and plus  | 100%+1                    | p@ss:w%rd +&=x unspeakable
          a URL             | http://localhost:8080/mcp | secret-unspeakable
          non-ASCII         | kliënt                    | ключ-ключ-unspeakable
          """)
  void clientSecretBasicIsFormEncodedBeforeBase64(String what, String id, String secret)
      throws Exception {
    ReceivedRequest request = introspectionWith(s -> s.clientId(id).clientSecret(secret));

    String[] pair =
        new String(
                Base64.getDecoder()
                    .decode(request.header("Authorization").substring("Basic ".length())),
                StandardCharsets.US_ASCII)
            .split(":", -1);
    assertThat(pair).hasSize(2);
    assertThat(URLDecoder.decode(pair[0], StandardCharsets.UTF_8)).isEqualTo(id);
    assertThat(URLDecoder.decode(pair[1], StandardCharsets.UTF_8)).isEqualTo(secret);
    assertThat(request.body()).doesNotContain("client_");
  }

  @Test
  void clientSecretPostSendsCredentialsInTheBody() throws Exception {
    ReceivedRequest request =
        introspectionWith(
            s ->
                s.clientAuthMethod("client_secret_post")
                    .clientId("kli ënt")
                    .clientSecret("p@ss:w%rd +&=x unspeakable"));

    assertThat(request.parameter("client_id")).isEqualTo("kli ënt");
    assertThat(request.parameter("client_secret")).isEqualTo("p@ss:w%rd +&=x unspeakable");
    assertThat(request.parameter("token")).isEqualTo("unspeakable-token");
    assertThat(request.header("Authorization")).isEmpty();
  }

  @Test
  void theSecretIsReadFromAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), SECRET + "\n");

    ReceivedRequest request =
        introspectionWith(
            s ->
                s.clientAuthMethod("client_secret_post")
                    .clientId("client")
                    .clientSecretFile(file.toString()));

    assertThat(request.parameter("client_secret")).isEqualTo(SECRET);
  }

  @Test
  void clientSecretJwtSignsAnAssertionForTheIssuer() throws Exception {
    ReceivedRequest request =
        introspectionWith(
            s -> s.clientAuthMethod("client_secret_jwt").clientId("client").clientSecret(SECRET));

    SignedJWT assertion = assertion(request);
    assertThat(assertion.verify(new MACVerifier(SECRET))).isTrue();
    assertThat(assertion.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.HS256);
    assertThat(request.body()).doesNotContain(SECRET);
  }

  @Test
  void aJwkSignsTheAssertionAndIsNamedInIt() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("key-1").generate();
    Path file = Files.writeString(directory.resolve("key.jwk"), key.toJSONString());

    SignedJWT assertion = assertion(introspectionWith(privateKeyJwt(file)));

    assertThat(assertion.verify(new ECDSAVerifier(key.toECPublicKey()))).isTrue();
    assertThat(assertion.getHeader().getKeyID()).isEqualTo("key-1");
  }

  @Test
  void anRsaKeyInPemSignsTheAssertion() throws Exception {
    KeyPair pair = keyPair("RSA", 2048);

    SignedJWT assertion = assertion(introspectionWith(privateKeyJwt(pem(pair))));

    assertThat(assertion.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
    assertThat(assertion.verify(new RSASSAVerifier((RSAPublicKey) pair.getPublic()))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"256,ES256", "384,ES384", "521,ES512"})
  void theCurveOfAnEcKeyInPemDeterminesTheAlgorithm(int size, String algorithm) throws Exception {
    SignedJWT assertion = assertion(introspectionWith(privateKeyJwt(pem(keyPair("EC", size)))));

    assertThat(assertion.getHeader().getAlgorithm().getName()).isEqualTo(algorithm);
  }

  @Test
  void eachAssertionHasItsOwnJti() throws Exception {
    UnaryOperator<SettingsBuilder> credentials =
        s -> s.clientAuthMethod("client_secret_jwt").clientId("client").clientSecret(SECRET);

    // RFC 7523 §3: the jti lets the server detect a replay.
    assertThat(assertion(introspectionWith(credentials)).getJWTClaimsSet().getJWTID())
        .isNotEqualTo(assertion(introspectionWith(credentials)).getJWTClaimsSet().getJWTID());
  }

  @Test
  void methodNoneSendsOnlyTheToken() throws Exception {
    ReceivedRequest request = introspectionWith(s -> s.clientAuthMethod("none"));

    assertThat(request.header("Authorization")).isEmpty();
    assertThat(request.body()).doesNotContain("client");
    assertThat(request.parameter("token")).isEqualTo("unspeakable-token");
  }

  @Test
  void refusedClientCredentialsMean503() throws Exception {
    log.announce("reason=as_credentials");
    as.introspection(json(401, "{\"error\":\"invalid_client\"}"));
    try (var server =
        ProtectedServer.guarding(
            new CallerServlet(),
            origin ->
                TestSettings.builder()
                    .resource(origin + "/mcp")
                    .issuer(as.issuer())
                    .clientId("client")
                    .clientSecret("unspeakable-wrong")
                    .build())) {
      var response = server.get("/mcp", "Authorization", "Bearer unspeakable-token");

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.headers().firstValue("Retry-After")).isPresent();
      assertThat(response.headers().firstValue("WWW-Authenticate")).isEmpty();
    }
  }

  private UnaryOperator<SettingsBuilder> privateKeyJwt(Path file) {
    return s ->
        s.clientAuthMethod("private_key_jwt").clientId("client").privateKeyFile(file.toString());
  }

  private SignedJWT assertion(ReceivedRequest request) throws Exception {
    assertThat(request.parameter("client_id")).isEqualTo("client");
    assertThat(request.parameter("client_assertion_type"))
        .isEqualTo("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    SignedJWT assertion = SignedJWT.parse(request.parameter("client_assertion"));
    assertThat(assertion.getJWTClaimsSet().getIssuer()).isEqualTo("client");
    assertThat(assertion.getJWTClaimsSet().getSubject()).isEqualTo("client");
    assertThat(assertion.getJWTClaimsSet().getAudience()).containsExactly(as.issuer());
    return assertion;
  }

  private static KeyPair keyPair(String type, int size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
    generator.initialize(size);
    return generator.generateKeyPair();
  }

  private Path pem(KeyPair pair) throws Exception {
    String base64 =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPrivate().getEncoded());
    return Files.writeString(
        directory.resolve("key.pem"),
        "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n");
  }
}
