package dev.gatehouse.authorizationserver.internal.client;

import static dev.gatehouse.authorizationserver.testing.TestServer.basic;
import static dev.gatehouse.authorizationserver.testing.TestServer.encode;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.common.contenttype.ContentType;
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
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator.Authenticated;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator.Outcome;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator.Refused;
import dev.gatehouse.authorizationserver.internal.client.ClientAuthenticator.Throttled;
import dev.gatehouse.authorizationserver.internal.endpoint.EncodedParameters;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import dev.gatehouse.authorizationserver.store.StoreUnavailableException;
import dev.gatehouse.authorizationserver.store.memory.InMemoryClientRegistry;
import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.store.memory.InMemoryReplayGuard;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6749 §2.3: every method, with right, wrong, missing and repeated credentials. */
class ClientAuthenticatorTest {
  private static final String ISSUER = "https://login.example.com";
  private static final URI TOKEN = URI.create(ISSUER + "/oauth/token");
  private static final ECKey KEY = newKey();
  private static final String ASSERTION =
      "client_assertion_type="
          + encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
          + "&client_assertion=";
  private static final String ADDRESS = "192.0.2.1";

  private static final List<RegisteredClient> CLIENTS =
      List.of(
          RegisteredClient.builder("both").secret("both-pass").build(),
          RegisteredClient.builder("basic-only")
              .secret("basic-pass")
              .authMethods("client_secret_basic")
              .build(),
          RegisteredClient.builder("post-only")
              .secret("post-pass")
              .authMethods("client_secret_post")
              .build(),
          RegisteredClient.builder("strange: id%").secret("s:e+c %ret").build(),
          RegisteredClient.builder("signer").jwks(new JWKSet(KEY).toString()).build(),
          RegisteredClient.builder("public").redirectUris("app:/cb").build());

  private final TurnedClock clock = new TurnedClock();
  private final ClientAuthenticator authenticator =
      new ClientAuthenticator(
          new InMemoryClientRegistry(CLIENTS),
          new AssertionVerifier(
              ISSUER,
              List.of(TOKEN),
              KeysByAddress.atPublicAddresses(InMemoryRateLimit.factory(), clock),
              new InMemoryReplayGuard(clock),
              clock),
          new FailedAttempts(new InMemoryRateLimit(3, Duration.ofSeconds(30), clock)));

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a secret in the header              | both         | both-pass  | true
          the only method of the client       | basic-only   | basic-pass | true
          reserved characters, form-encoded   | strange: id% | s:e+c %ret | true
          a wrong secret                      | both         | wrong      | false
          the beginning of the secret         | both         | both-pas   | false
          more than the secret                | both         | both-passs | false
          the secret in another case          | both         | BOTH-PASS  | false
          the secret of another client        | both         | post-pass  | false
          an empty secret                     | both         | ''         | false
          an empty id                         | ''           | both-pass  | false
          an unknown client                   | nobody       | both-pass  | false
          a method the client does not use    | post-only    | post-pass  | false
          a client with keys                  | signer       | x          | false
          a public client with an empty secret | public      | ''         | false
          a public client with any secret     | public       | x          | false
          """)
  void clientSecretBasic(String what, String id, String secret, boolean accepted) {
    expect(accepted ? id : null, authenticate(basic(id, secret), "a=b"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a secret in the form                | both         | both-pass  | true
          the only method of the client       | post-only    | post-pass  | true
          reserved characters                 | strange: id% | s:e+c %ret | true
          a wrong secret                      | both         | wrong      | false
          an empty secret                     | both         | ''         | false
          an unknown client                   | nobody       | both-pass  | false
          a method the client does not use    | basic-only   | basic-pass | false
          a public client, secret omitted     | public       | ''         | true
          a public client with a blank secret | public       | ' '        | false
          a public client with any secret     | public       | x          | false
          a client with keys                  | signer       | x          | false
          """)
  void clientSecretPost(String what, String id, String secret, boolean accepted) {
    expect(
        accepted ? id : null,
        authenticate(null, "client_id=" + encode(id) + "&client_secret=" + encode(secret)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a public client           | client_id=public              | public
          an unknown client         | client_id=nobody              |
          a client with a secret    | client_id=both                |
          a client with keys        | client_id=signer              |
          no client at all          | a=b                           |
          an empty id               | client_id=                    |
          an id of blanks           | client_id=%20                 |
          an id in another case     | client_id=PUBLIC              |
          an id with a NUL behind   | client_id=public%00           |
          a secret without an id    | client_secret=both-pass       |
          an empty secret           | client_id=public&client_secret= | public
          an empty secret of another | client_id=both&client_secret=  |
          a type without assertion  | client_id=both&client_assertion_type=x |
          an empty assertion        | client_id=public&client_assertion= | public
          both empty                | client_id=public&client_secret=&client_assertion=&client_assertion_type= | public
          a blank secret            | client_id=public&client_secret=+ |
          """)
  void onlyAPublicClientIsKnownByItsIdAlone(String what, String form, @Nullable String accepted) {
    expect(accepted, authenticate(null, form));
  }

  @ParameterizedTest // RFC 6749 §5.2
  @ValueSource(
      strings = {
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic Ym90aA==", // no colon
        "Basic Og==", // only a colon
        "Basic /////w==",
        "Bearer abc",
        "Digest username=\"both\"",
        "Negotiate YII",
        "",
        "%",
      })
  void aMalformedOrForeignHeaderIsFailedAuthenticationEvenOfAPublicClient(String header) {
    expect(null, authenticate(header, "client_id=public"));
  }

  @Test // RFC 9110 §11.1
  void theSchemeIsNotCaseSensitive() {
    expect("both", authenticate(basic("both", "both-pass").replace("Basic", "bAsIc"), "a=b"));
  }

  @Test // RFC 6749 §2.3: one method per request, even if each were right
  void twoMethodsAreRefusedWith400() {
    String header = basic("both", "both-pass");
    String post = "client_id=both&client_secret=both-pass";
    String assertion = ASSERTION + "x";

    for (Outcome outcome :
        List.of(
            authenticate(header, post),
            authenticate(header, "client_secret=+"),
            authenticate(header, assertion),
            authenticate(null, post + "&" + assertion),
            authenticate(header, post + "&" + assertion))) {
      assertThat(outcome).isInstanceOf(Refused.class);
      assertThat(((Refused) outcome).error().getHTTPStatusCode()).isEqualTo(400);
      assertThat(((Refused) outcome).error().getCode()).isEqualTo("invalid_request");
    }
    // A client's mistake, not a guess, so it is not charged.
    expect("both", authenticate(header, "a=b"));
    expect("both", authenticate(header, "client_secret=&client_assertion="));
  }

  @ParameterizedTest(name = "{0}") // RFC 6749 §2.3
  @ValueSource(strings = {"both-pass", "wrong"})
  void aClientIdBesideAHeaderMustNameTheSameClient(String secret) {
    Outcome outcome = authenticate(basic("both", secret), "client_id=public");

    assertThat(outcome).isInstanceOf(Refused.class);
    assertThat(((Refused) outcome).error().getHTTPStatusCode()).isEqualTo(400);
    expect("both", authenticate(basic("both", "both-pass"), "client_id=both"));
    expect("both", authenticate(basic("both", "both-pass"), "client_id="));
  }

  @Test
  void anAssertionAuthenticatesTheClientOnce() throws JOSEException {
    String assertion = assertion("signer");

    expect("signer", authenticate(null, ASSERTION + assertion));
    expect(null, authenticate(null, ASSERTION + assertion));
  }

  @Test // RFC 7521 §4.2: an optional client_id names the same client
  void aClientIdBesideAnAssertionMustBeItsSubject() throws JOSEException {
    expect("signer", authenticate(null, "client_id=signer&" + ASSERTION + assertion("signer")));
    expect(null, authenticate(null, "client_id=public&" + ASSERTION + assertion("signer")));
    expect(null, authenticate(null, "client_id=both&" + ASSERTION + assertion("signer")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "a.b.c",
        "..",
        "e30.e30.",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJzaWduZXIifQ.", // alg none
        "eyJhbGciOiJFUzI1NiJ9.bm8ganNvbg.AAAA",
        "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", // no claims
      })
  void aMalformedAssertionIsFailedAuthentication(String assertion) {
    expect(null, authenticate(null, ASSERTION + assertion));
    expect(null, authenticate(null, "client_id=signer&" + ASSERTION + assertion));
  }

  @Test
  void anAssertionOfAnotherTypeIsFailedAuthentication() throws JOSEException {
    expect(
        null,
        authenticate(
            null,
            "client_assertion_type="
                + encode("urn:ietf:params:oauth:client-assertion-type:saml2-bearer")
                + "&client_assertion="
                + assertion("signer")));
    expect(null, authenticate(null, "client_assertion=" + assertion("signer")));
  }

  @Test // RFC 7662 §4
  void failuresAreLimitedByAddressAndThenEvenRightCredentialsMustWait() {
    for (int i = 0; i < 3; i++) {
      expect(null, authenticate(basic("both", "wrong"), "a=b"));
    }

    Outcome outcome = authenticate(basic("both", "both-pass"), "a=b");
    assertThat(outcome).isEqualTo(new Throttled(Duration.ofSeconds(10)));
    assertThat(authenticate(basic("nobody", "x"), "a=b")).isInstanceOf(Throttled.class);
    assertThat(authenticate(null, "client_id=public")).isInstanceOf(Throttled.class);

    expect("both", authenticate("192.0.2.2", basic("both", "both-pass"), "a=b"));
    clock.turn(Duration.ofSeconds(10));
    expect("both", authenticate(basic("both", "both-pass"), "a=b"));
  }

  @Test
  void successfulAuthenticationsAreNotCharged() {
    for (int i = 0; i < 100; i++) {
      expect("both", authenticate(basic("both", "both-pass"), "a=b"));
    }
  }

  @Test // clients behind one proxy share an address
  void aClientThatHasAuthenticatedFromAnAddressIsCountedByItselfThere() {
    expect("both", authenticate(basic("both", "both-pass"), "a=b"));
    for (int i = 0; i < 4; i++) {
      authenticate(basic("nobody", "x"), "a=b");
    }
    assertThat(authenticate(basic("nobody", "x"), "a=b")).isInstanceOf(Throttled.class);
    assertThat(authenticate(null, "client_id=public")).isInstanceOf(Throttled.class);
    expect("both", authenticate(basic("both", "both-pass"), "a=b"));

    for (int i = 0; i < 3; i++) {
      expect(null, authenticate(basic("both", "wrong"), "a=b"));
    }
    assertThat(authenticate(basic("both", "both-pass"), "a=b")).isInstanceOf(Throttled.class);
    // From another address the client is not locked out.
    expect("both", authenticate("192.0.2.2", basic("both", "both-pass"), "a=b"));
  }

  @Test
  void aRegistryThatIsUnavailableIsNotAFailedAuthentication() {
    FailedAttempts attempts =
        new FailedAttempts(new InMemoryRateLimit(1, Duration.ofDays(1), clock));
    ClientAuthenticator broken =
        new ClientAuthenticator(
            id -> {
              throw new StoreUnavailableException("scripted", new IllegalStateException());
            },
            new AssertionVerifier(
                ISSUER,
                List.of(),
                KeysByAddress.atPublicAddresses(InMemoryRateLimit.factory(), clock),
                new InMemoryReplayGuard(clock),
                clock),
            attempts);

    for (String form : List.of("client_id=public", "client_id=both&client_secret=both-pass")) {
      assertThatThrownBy(() -> broken.authenticate(request(ADDRESS, null, form)))
          .isInstanceOf(StoreUnavailableException.class);
    }
    assertThat(attempts.remainingWait(ADDRESS, "both")).isEmpty();
  }

  @RepeatedTest(4) // no input authenticates a client whose secret the caller does not know
  void credentialsOfAnyKindNeverThrowAndNeverAuthenticate(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> names =
        List.of("client_id", "client_secret", "client_assertion", "client_assertion_type", "x", "");
    List<String> values =
        List.of(
            "both",
            "signer",
            "wrong",
            "",
            "%",
            "%zz",
            "%00",
            "a.b.c",
            "e30.e30.e30",
            encode("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"));
    List<String> headers = List.of("Basic ", "basic ", "Bearer ", "", " ", "Basic  ");
    for (int i = 0; i < 2_000; i++) {
      StringBuilder form = new StringBuilder();
      for (int fields = random.nextInt(5); fields >= 0; fields--) {
        form.append(pick(random, names)).append('=').append(pick(random, values)).append('&');
      }
      byte[] bytes = new byte[random.nextInt(12)];
      random.nextBytes(bytes);
      String header =
          random.nextBoolean()
              ? null
              : pick(random, headers)
                  + Base64.getEncoder()
                      .encodeToString(
                          random.nextBoolean()
                              ? bytes
                              : ("both:" + pick(random, values)).getBytes(UTF_8));
      clock.turn(Duration.ofMinutes(1));

      assertThat(authenticate(header, form.toString()))
          .as("%s %s", header, form)
          .isNotInstanceOf(Authenticated.class);
    }
  }

  private static String pick(Random random, List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private Outcome authenticate(@Nullable String header, String form) {
    return authenticate(ADDRESS, header, form);
  }

  private Outcome authenticate(String address, @Nullable String header, String form) {
    return authenticator.authenticate(request(address, header, form));
  }

  private static HTTPRequest request(String address, @Nullable String header, String form) {
    HTTPRequest request = new HTTPRequest(HTTPRequest.Method.POST, TOKEN);
    request.setEntityContentType(ContentType.APPLICATION_URLENCODED);
    request.setClientIPAddress(address);
    if (header != null) {
      request.setAuthorization(header);
    }
    // As FormReader passes it on, which refuses what is not readable.
    request.setBody(
        EncodedParameters.read(form) instanceof EncodedParameters.Values values
            ? values.encoded()
            : form);
    return request;
  }

  private static void expect(@Nullable String id, Outcome outcome) {
    if (id == null) {
      assertThat(outcome).isInstanceOf(Refused.class);
      // RFC 6749 §5.2
      assertThat(((Refused) outcome).error().getCode()).isEqualTo("invalid_client");
      assertThat(((Refused) outcome).error().getHTTPStatusCode()).isEqualTo(401);
    } else {
      assertThat(outcome).isInstanceOf(Authenticated.class);
      assertThat(((Authenticated) outcome).client().id()).isEqualTo(id);
    }
  }

  private String assertion(String client) throws JOSEException {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).build(),
            new JWTClaimsSet.Builder()
                .issuer(client)
                .subject(client)
                .audience(ISSUER)
                .expirationTime(Date.from(clock.instant().plusSeconds(60)))
                .jwtID("id")
                .build());
    jwt.sign(new ECDSASigner(KEY));
    return jwt.serialize();
  }

  private static ECKey newKey() {
    try {
      return new ECKeyGenerator(Curve.P_256).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }
}
