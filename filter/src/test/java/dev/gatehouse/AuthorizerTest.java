package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.Decision.Admitted;
import dev.gatehouse.Decision.Refused;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.introspection.ProbeExecutor;
import dev.gatehouse.internal.proof.InMemoryUsedProofs;
import dev.gatehouse.internal.proof.PossessionCheck;
import dev.gatehouse.internal.refusal.RefusalWriter;
import dev.gatehouse.internal.servlet.ClientAddresses;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Scheme;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.verify.BadTokenLimit;
import dev.gatehouse.internal.verify.Bulkhead;
import dev.gatehouse.internal.verify.DenyList;
import dev.gatehouse.internal.verify.IntrospectedServer;
import dev.gatehouse.internal.verify.ResultCache;
import dev.gatehouse.internal.verify.ServerSelection;
import dev.gatehouse.internal.verify.TokenVerifier;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.StubRequest;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The decisions of {@link Authorizer} and the order of its checks. */
class AuthorizerTest {

  @AutoClose private final ProbeExecutor probes = new ProbeExecutor();

  private static final String ACTIVE =
      "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"%s}";

  private final ManualClock clock = new ManualClock(ManualClock.NOW);
  private FakeAuthorizationServer as;
  private BoundedHttpClient http;
  private Authorizer authorizer;

  private CallRules calls;

  @BeforeEach
  void start() throws Exception {
    as = new FakeAuthorizationServer();
    Settings settings =
        TestSettings.builder()
            .resource("https://mcp.example/mcp")
            .issuer(as.issuer())
            .introspectionEndpoint(as.introspectionEndpoint())
            .clientId("mcp-filter")
            .clientSecret(Secrets.CLIENT_SECRET)
            .requiredScopes("read")
            .dpop("accepted")
            .scopeImplies("write > read")
            .build();
    http = new BoundedHttpClient(settings.http());
    Introspector introspector =
        RunningServers.introspector(
            settings.servers.get(0),
            settings,
            http,
            probes,
            InstantSource.system(),
            InstantSource.system());
    calls = settings.callRules();
    authorizer =
        new Authorizer(
            new TokenVerifier(
                new ServerSelection(List.of(new IntrospectedServer(introspector)), false),
                new ResultCache(
                    List.of(introspector.server()),
                    new DenyList(List.of(), clock),
                    settings.cache(),
                    clock,
                    Ticker.disabledTicker()),
                new BadTokenLimit(0, Ticker.disabledTicker()),
                settings.requestTimeout,
                new Bulkhead(settings.maxConcurrentIntrospections, InstantSource.system(), probes)),
            settings.tokenRules(),
            new PossessionCheck(
                settings.proof, new InMemoryUsedProofs(InstantSource.system()), clock),
            settings.scopePolicy(),
            new StepUp(
                new RefusalWriter("https://mcp.example/metadata", Set.of(), List.of()),
                settings.scopePolicy(),
                settings.knownScopes()),
            settings.maxTokenLength,
            clock);
  }

  @AfterEach
  void stop() {
    as.close();
    http.close();
  }

  private Decision decide(HttpServletRequest request) {
    return authorizer.decide(
        new IncomingRequest(request, new OriginPolicy(Set.of()), new ClientAddresses(0)),
        calls.of(request));
  }

  private Decision decide(String body) {
    as.introspection(FakeAuthorizationServer.json(200, body));
    return decide(StubRequest.post("Authorization", "Bearer " + Secrets.token()));
  }

  private static Refusal refusal(Decision decision) {
    assertThat(decision).isInstanceOf(Refused.class);
    return ((Refused) decision).refusal();
  }

  @Test
  void aRequestWithoutValidCredentialsIsNotIntrospected() {
    assertThat(refusal(decide(StubRequest.post())).reason()).isEqualTo(Reason.NO_CREDENTIALS);
    assertThat(refusal(decide(StubRequest.post("Authorization", "Bearer"))).reason())
        .isEqualTo(Reason.NO_CREDENTIALS);
    assertThat(refusal(decide(StubRequest.post("Authorization", "Bearer a b"))))
        .isEqualTo(Refusal.because(Reason.MALFORMED, "illegal character in the token"));
    assertThat(refusal(decide(StubRequest.post("Authorization", "Bearer " + "a".repeat(16_385)))))
        .isEqualTo(
            Refusal.because(
                Reason.TOKEN_TOO_LONG, "the token has 16385 characters; see max-token-length"));
    assertThat(as.requests()).isEmpty();
  }

  @Test
  void aForeignOriginAndATraceAreRefusedBeforeTheTokenIsVerified() {
    String token = "Bearer " + Secrets.token();

    assertThat(
            refusal(
                    decide(
                        StubRequest.post(
                            "Authorization", token, "Origin", "https://elsewhere.example")))
                .reason())
        .isEqualTo(Reason.ORIGIN);
    assertThat(refusal(decide(StubRequest.of("TRACE", "Authorization", token))).reason())
        .isEqualTo(Reason.METHOD);
    assertThat(as.requests()).isEmpty();
  }

  @Test
  void anActiveTokenYieldsItsCaller() {
    Admitted admitted =
        (Admitted)
            decide(ACTIVE.formatted(",\"sub\":\"alice\",\"scope\":\"write\",\"exp\":1795220243"));

    assertThat(admitted.info().userId()).hasValue("alice");
    assertThat(admitted.info().scopes()).isEqualTo(Set.of("write", "read"));
    assertThat(admitted.info().issuer()).hasValue(as.issuer());
    assertThat(admitted.info().expiresAt()).hasValue(ManualClock.NOW.plusSeconds(1));
  }

  @Test
  void tokenRulesAreCheckedBeforeScopes() {
    assertThat(refusal(decide(ACTIVE.formatted(",\"exp\":1"))).reason()).isEqualTo(Reason.EXPIRED);
    assertThat(refusal(decide(ACTIVE.formatted(""))).needed().scopes()).isEqualTo(Set.of("read"));
  }

  @Test
  void anInactiveTokenAndAnUnusableResponseAreDifferentRefusals() {
    assertThat(refusal(decide("{\"active\":false}")).reason()).isEqualTo(Reason.INACTIVE);
    Refusal outage = refusal(decide("{}"));
    assertThat(outage.reason()).isEqualTo(Reason.AS_ANSWER);
    assertThat(outage.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(outage.detail()).startsWith("active: missing");
  }

  /** The proof counts for the request that opened the stream; the binding must be as it was. */
  @Test
  void theTokenOfAnOpenStreamNeedsNoFurtherProof() {
    String thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    as.introspection(
        FakeAuthorizationServer.json(
            200, ACTIVE.formatted(",\"scope\":\"read\",\"cnf\":{\"jkt\":\"" + thumbprint + "\"}")));

    assertThat(authorizer.recheck(new BearerToken(Secrets.token(), Scheme.DPOP)))
        .isInstanceOf(VerificationResult.Active.class);
    assertThat(authorizer.recheck(new BearerToken(Secrets.token())))
        .isInstanceOf(VerificationResult.Inactive.class);
  }
}
