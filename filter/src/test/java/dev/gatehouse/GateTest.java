package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.Decision.Admit;
import dev.gatehouse.Decision.Refuse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One request's decision, from top to bottom. */
class GateTest {

  private static final String GOOD =
      "{\"active\":true,\"aud\":\"https://mcp.example/mcp\",\"token_type\":\"Bearer\"%s}";

  private final TurnedClock clock = new TurnedClock(GuardedServer.NOW);
  private FakeAuthorizationServer as;
  private BoundedHttpClient http;
  private Gate gate;

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
            .scopeImplies("write > read")
            .build();
    http = new BoundedHttpClient(settings);
    Introspector introspector =
        Steps.introspector(
            settings.servers.get(0), settings, http, new ProbeExecutor(), InstantSource.system());
    gate =
        new Gate(
            settings,
            new TokenVerifier(
                new ServerChoice(List.of(introspector), false),
                new IntrospectionCache(settings, clock, Ticker.disabledTicker()),
                new PeerLimit(0, Ticker.disabledTicker()),
                settings),
            clock);
  }

  @AfterEach
  void stop() {
    as.close();
    http.close();
  }

  private Decision decide(Credentials credentials) {
    return gate.decide(credentials, () -> "127.0.0.1");
  }

  private Decision decide(String answer) {
    as.introspection(FakeAuthorizationServer.json(200, answer));
    return decide(new BearerToken(Secrets.token()));
  }

  private static Refuse refusal(Decision decision) {
    assertThat(decision).isInstanceOf(Refuse.class);
    return (Refuse) decision;
  }

  @Test
  void withoutCredentialsNobodyIsAsked() {
    assertThat(refusal(decide(new Credentials.Absent())).reason()).isEqualTo(Reason.NO_CREDENTIALS);
    assertThat(refusal(decide(new Credentials.Malformed("x"))))
        .isEqualTo(Refuse.because(Reason.MALFORMED, "x"));
    assertThat(as.questions()).isEmpty();
  }

  @Test
  void aGoodTokenGivesItsCaller() {
    Admit admit =
        (Admit) decide(GOOD.formatted(",\"sub\":\"alice\",\"scope\":\"write\",\"exp\":1795220243"));

    assertThat(admit.info().userId()).hasValue("alice");
    assertThat(admit.info().scopes()).isEqualTo(Set.of("write", "read"));
    assertThat(admit.info().issuer()).hasValue(as.issuer());
    assertThat(admit.info().expiresAt()).hasValue(GuardedServer.NOW.plusSeconds(1));
  }

  @Test
  void rulesComeBeforeScopes() {
    assertThat(refusal(decide(GOOD.formatted(",\"exp\":1"))).reason()).isEqualTo(Reason.EXPIRED);
    assertThat(refusal(decide(GOOD.formatted(""))).neededScopes()).isEqualTo(Set.of("read"));
  }

  @Test
  void aBadTokenIsNoOutageAndAnOutageNoBadToken() {
    assertThat(refusal(decide("{\"active\":false}")).reason()).isEqualTo(Reason.INACTIVE);
    Refuse outage = refusal(decide("{}"));
    assertThat(outage.reason()).isEqualTo(Reason.AS_ANSWER);
    assertThat(outage.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    assertThat(outage.detail()).startsWith("active: missing");
  }
}
