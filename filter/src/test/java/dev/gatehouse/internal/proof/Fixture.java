package dev.gatehouse.internal.proof;

import dev.gatehouse.internal.proof.ProofSettings.Certificates;
import dev.gatehouse.internal.proof.ProofSettings.Dpop;
import dev.gatehouse.internal.servlet.ClientAddresses;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.Scheme;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.testing.DpopKey;
import dev.gatehouse.testing.DpopKey.Proof;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.StubRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A check of proofs, a client's key, and a token that is bound to it. */
final class Fixture {

  static final String MCP = "https://mcp.example/mcp";
  static final String TOKEN = "unspeakable-token";

  final ManualClock clock = new ManualClock(ManualClock.NOW);
  final DpopKey key;
  final InMemoryUsedProofs usedProofs = new InMemoryUsedProofs(clock);
  private final PossessionCheck check;

  Fixture() {
    this(DpopKey.create(), Arrays.asList(ProofAlgorithm.values()), false);
  }

  Fixture(DpopKey key, List<ProofAlgorithm> algorithms, boolean nonces) {
    this.key = key;
    this.check =
        check(
            new Dpop(ProofMode.ACCEPTED, MCP, algorithms, Duration.ofSeconds(60), nonces),
            new Certificates(ProofMode.OFF, null, AddressRanges.NONE));
  }

  PossessionCheck check() {
    return check;
  }

  PossessionCheck check(Dpop dpop, Certificates certificates) {
    return new PossessionCheck(
        new ProofSettings(dpop, certificates, Duration.ofSeconds(30)), usedProofs, clock);
  }

  long seconds() {
    return clock.instant().getEpochSecond();
  }

  /** A valid proof, not yet signed. */
  Proof proof() {
    return key.proof("POST", MCP, TOKEN, seconds());
  }

  static TokenClaims claims(Map<String, Object> members) {
    TokenClaims.Terms terms =
        new TokenClaims.Terms(
            "app",
            null,
            List.of(MCP),
            Set.of(),
            (String) members.get("token_type"),
            (String) members.get("typ"),
            null,
            members.containsKey("cnf"),
            false);
    return new TokenClaims("alice", terms, TokenClaims.NEVER, 0, members);
  }

  TokenClaims boundClaims() {
    return claims(Map.of("cnf", Map.of("jkt", key.thumbprint())));
  }

  static IncomingRequest request(String method, String... headers) {
    return new IncomingRequest(
        StubRequest.of(method, headers), new OriginPolicy(Set.of()), new ClientAddresses(0), true);
  }

  /** The outcome of a POST with the bound token and these proofs. */
  String outcome(String... proofs) {
    String[] headers = new String[proofs.length * 2];
    for (int i = 0; i < proofs.length; i++) {
      headers[2 * i] = "DPoP";
      headers[2 * i + 1] = proofs[i];
    }
    IncomingRequest request = request("POST", headers);
    BearerToken token = new BearerToken(TOKEN, Scheme.DPOP);
    return text(
        check
            .checkRequest(token, request)
            .or(() -> check.check(token, boundClaims(), request, clock.millis())));
  }

  /** {@code reason: detail}, or {@code admitted}. */
  static String text(Optional<Refusal> refusal) {
    return refusal.map(each -> each.reason().code() + ": " + each.detail()).orElse("admitted");
  }
}
