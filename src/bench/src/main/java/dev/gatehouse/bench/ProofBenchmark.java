package dev.gatehouse.bench;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.gatehouse.internal.proof.AddressRanges;
import dev.gatehouse.internal.proof.InMemoryUsedProofs;
import dev.gatehouse.internal.proof.PossessionCheck;
import dev.gatehouse.internal.proof.ProofAlgorithm;
import dev.gatehouse.internal.proof.ProofMode;
import dev.gatehouse.internal.proof.ProofSettings;
import dev.gatehouse.internal.proof.UsedProofs;
import dev.gatehouse.internal.servlet.ClientAddresses;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Scheme;
import dev.gatehouse.internal.token.TokenClaims;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a DPoP proof (RFC 9449) costs each request: all checks, beside what Nimbus needs for the
 * signature of the same proof alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ProofBenchmark {

  private static final String TOKEN = Tokens.of(Tokens.ACTIVE, 1, 1);

  /** So that the time of the proofs, which are signed once, stays acceptable. */
  private static final long NOW = 1_795_220_242_000L;

  private final BearerToken token = new BearerToken(TOKEN, Scheme.DPOP);
  private final UsedProofs usedProofs = new InMemoryUsedProofs(InstantSource.system());
  private long number;

  /** Remembers each use of the same proof as that of a new one, for a moment. */
  private final PossessionCheck check =
      new PossessionCheck(
          new ProofSettings(
              new ProofSettings.Dpop(
                  ProofMode.REQUIRED,
                  StubResponses.RESOURCE,
                  List.of(ProofAlgorithm.ES256, ProofAlgorithm.RS256),
                  Duration.ofMinutes(1),
                  false),
              new ProofSettings.Certificates(ProofMode.OFF, null, AddressRanges.NONE),
              Duration.ofSeconds(30)),
          (key, id, millis) -> usedProofs.use(key, id + number++, 1),
          InstantSource.system());

  @SuppressWarnings("NullAway.Init")
  private Signed es256;

  @SuppressWarnings("NullAway.Init")
  private Signed rs256;

  /** A request with a proof, and the token that is bound to its key. */
  private record Signed(String proof, IncomingRequest request, TokenClaims claims) {}

  /** Signs the proofs, and checks that they are accepted. */
  @Setup
  public void sign() throws JOSEException, GeneralSecurityException, ParseException {
    es256 = signed(new ECKeyGenerator(Curve.P_256).generate(), JWSAlgorithm.ES256);
    rs256 = signed(new RSAKeyGenerator(2048).generate(), JWSAlgorithm.RS256);
    if (!es256() || !rs256() || !es256SignatureAlone() || !rs256SignatureAlone()) {
      throw new IllegalStateException("a valid proof is refused");
    }
  }

  private static Signed signed(JWK key, JWSAlgorithm algorithm)
      throws JOSEException, GeneralSecurityException {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(TOKEN.getBytes(StandardCharsets.US_ASCII));
    SignedJWT proof =
        new SignedJWT(
            new JWSHeader.Builder(algorithm)
                .type(new JOSEObjectType("dpop+jwt"))
                .jwk(key.toPublicJWK())
                .build(),
            new JWTClaimsSet.Builder()
                .jwtID("e1j3V_bKic8-LAEB")
                .claim("htm", "POST")
                .claim("htu", StubResponses.RESOURCE)
                .issueTime(new Date(NOW))
                .claim("ath", Base64URL.encode(hash).toString())
                .build());
    JWSSigner signer =
        algorithm.equals(JWSAlgorithm.ES256)
            ? new ECDSASigner(key.toECKey())
            : new RSASSASigner(key.toRSAKey());
    proof.sign(signer);
    String text = proof.serialize();
    return new Signed(
        text,
        new IncomingRequest(
            StubRequest.callWithProof(TOKEN, text),
            new OriginPolicy(Set.of()),
            new ClientAddresses(0),
            true),
        claims(key.computeThumbprint().toString()));
  }

  private static TokenClaims claims(String thumbprint) {
    return new TokenClaims(
        "alice",
        new TokenClaims.Terms("app", null, List.of(), Set.of(), "DPoP", null, null, true, false),
        TokenClaims.NEVER,
        0,
        Map.of("cnf", Map.of("jkt", thumbprint)));
  }

  private boolean check(Signed signed) {
    return check.checkRequest(token, signed.request).isEmpty()
        && check.check(token, signed.claims, signed.request, NOW).isEmpty();
  }

  /** All checks of a proof. */
  @Benchmark
  public boolean es256() {
    return check(es256);
  }

  /** All checks of a proof. */
  @Benchmark
  public boolean rs256() {
    return check(rs256);
  }

  /** Parses the proof, and verifies its signature with the key in its header. */
  @Benchmark
  public boolean es256SignatureAlone() throws ParseException, JOSEException {
    SignedJWT proof = SignedJWT.parse(es256.proof);
    return proof.verify(new ECDSAVerifier(proof.getHeader().getJWK().toECKey()));
  }

  /** Parses the proof, and verifies its signature with the key in its header. */
  @Benchmark
  public boolean rs256SignatureAlone() throws ParseException, JOSEException {
    SignedJWT proof = SignedJWT.parse(rs256.proof);
    return proof.verify(new RSASSAVerifier(proof.getHeader().getJWK().toRSAKey()));
  }
}
