package dev.gatehouse;

import static dev.gatehouse.CredentialFiles.NEW;
import static dev.gatehouse.CredentialFiles.OLD;
import static dev.gatehouse.CredentialFiles.authorization;
import static dev.gatehouse.CredentialFiles.basic;
import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.testing.FakeAuthorizationServer.ReceivedRequest;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reloading client credentials from replaced files. */
class ReloadTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir private Path directory;
  private CredentialFiles files;

  @BeforeEach
  void start() {
    files = new CredentialFiles(directory);
  }

  /** 401 if the server called the token inactive, 503 if it refused our credentials. */
  private static int status(GuardedServer guarded) throws IOException {
    return guarded.status(Secrets.token());
  }

  private long timesReloaded(String name) {
    return log.messages().stream()
        .filter(message -> message.equals("INFO " + name + " has changed and is in use"))
        .count();
  }

  @ParameterizedTest
  @CsvSource({
    "client_secret_basic, 401",
    "client_secret_post, 401",
    "client_secret_jwt, 401",
    "client_secret_basic, 400"
  })
  void aRefusedSecretIsReloadedAndTheRequestRepeated(String method, int refusal) throws Exception {
    try (GuardedServer guarded = files.guardedWithSecret(method)) {
      onlyAccept(guarded, OLD, refusal);
      assertThat(status(guarded)).isEqualTo(401);

      files.write("secret", NEW);
      onlyAccept(guarded, NEW, refusal);
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(guarded.as.introspectionRequests()).hasSize(3);
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(guarded.as.introspectionRequests()).hasSize(4);
    }
    assertThat(timesReloaded("client-secret-file")).isEqualTo(1);
  }

  private static void onlyAccept(GuardedServer guarded, String secret, int refusal) {
    guarded.as.introspection(
        exchange -> {
          List<ReceivedRequest> all = guarded.as.introspectionRequests();
          (authenticatesWith(secret, all.get(all.size() - 1))
                  ? json(200, "{\"active\":false}")
                  : json(refusal, "{\"error\":\"invalid_client\"}"))
              .respond(exchange);
        });
  }

  private static boolean authenticatesWith(String secret, ReceivedRequest request) {
    String assertion = request.parameter("client_assertion");
    if (assertion.isEmpty()) {
      return request.header("Authorization").equals(basic(secret))
          || request.parameter("client_secret").equals(secret);
    }
    try {
      return SignedJWT.parse(assertion).verify(new MACVerifier(secret));
    } catch (ParseException | JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anUnchangedSecretIsNotRetried() throws Exception {
    log.announce("reason=as_credentials");
    try (GuardedServer guarded = files.guardedWithSecret("client_secret_basic")) {
      onlyAccept(guarded, NEW, 401);

      assertThat(status(guarded)).isEqualTo(503);
      assertThat(guarded.as.introspectionRequests()).hasSize(1);
    }
  }

  @Test
  void anInvalidFileKeepsTheOldSecretUntilItIsCorrected() throws Exception {
    log.announce("reason=as_credentials");
    log.announce("client-secret-file has changed and can't be used; the previous value stays");
    try (GuardedServer guarded = files.guardedWithSecret("client_secret_basic")) {
      onlyAccept(guarded, OLD, 401);
      files.write("secret", NEW + "\n" + NEW);
      assertThat(status(guarded)).isEqualTo(401);

      onlyAccept(guarded, NEW, 401);
      assertThat(status(guarded)).isEqualTo(503);
      assertThat(status(guarded)).isEqualTo(503);
      files.write("secret", NEW);
      assertThat(status(guarded)).isEqualTo(401);
    }
    assertThat(log.messages()).filteredOn(m -> m.contains("can't be used")).hasSize(1);
  }

  @Test
  void aRefusedPrivateKeyIsReloadedAndTheRequestRepeated() throws Exception {
    ECKey oldKey = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    ECKey newKey = new ECKeyGenerator(Curve.P_256).keyID("2").generate();
    files.write("key", oldKey.toJSONString());
    try (GuardedServer guarded =
        files.guarded(
            Map.of(
                "client-auth-method", "private_key_jwt", "private-key-file", files.path("key")))) {
      guarded.as.introspection(
          exchange -> {
            List<ReceivedRequest> all = guarded.as.introspectionRequests();
            (isSigned(newKey, all.get(all.size() - 1))
                    ? json(200, "{\"active\":false}")
                    : json(401, "{\"error\":\"invalid_client\"}"))
                .respond(exchange);
          });
      files.write("key", newKey.toJSONString());

      assertThat(status(guarded)).isEqualTo(401);
      assertThat(guarded.as.introspectionRequests()).hasSize(2);
    }
    assertThat(timesReloaded("private-key-file")).isEqualTo(1);
  }

  private static boolean isSigned(ECKey key, ReceivedRequest request) {
    try {
      SignedJWT assertion = SignedJWT.parse(request.parameter("client_assertion"));
      return assertion.verify(new ECDSAVerifier(key.toECPublicKey()))
          && key.getKeyID().equals(assertion.getHeader().getKeyID());
    } catch (ParseException | JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** RFC 6749 §4.4: the new secret is needed only to obtain the next access token. */
  @Test
  void theAccessTokenStaysInUseAndTheNewSecretObtainsTheNextOne() throws Exception {
    AtomicInteger issued = new AtomicInteger();
    files.write("secret", OLD);
    try (GuardedServer guarded =
        files.guarded(
            Map.of(
                "client-auth-method", "bearer",
                "client-secret-file", files.path("secret"),
                "token-endpoint", "{issuer}/token"))) {
      issueTokensTo(guarded, OLD, issued);
      guarded.as.introspection(json(200, "{\"active\":false}"));
      assertThat(status(guarded)).isEqualTo(401);

      files.write("secret", NEW);
      issueTokensTo(guarded, NEW, issued);
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(issued).hasValue(1);

      guarded.as.introspection(
          exchange ->
              (authorization(exchange).endsWith("-own-1")
                      ? json(401, "{}")
                      : json(200, "{\"active\":false}"))
                  .respond(exchange));
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(issued).hasValue(2);
    }
    assertThat(timesReloaded("client-secret-file")).isEqualTo(1);
  }

  private static void issueTokensTo(GuardedServer guarded, String secret, AtomicInteger issued) {
    guarded.as.at(
        "/token",
        exchange ->
            (authorization(exchange).equals(basic(secret))
                    ? json(
                        200,
                        "{\"access_token\":\"%s-own-%d\",\"token_type\":\"Bearer\"}"
                            .formatted(Secrets.MARKER, issued.incrementAndGet()))
                    : json(401, "{\"error\":\"invalid_client\"}"))
                .respond(exchange));
  }
}
