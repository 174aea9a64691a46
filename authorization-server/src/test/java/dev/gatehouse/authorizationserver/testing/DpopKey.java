package dev.gatehouse.authorizationserver.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** A client's key for DPoP proofs (RFC 9449). */
public record DpopKey(JWK key) {
  public static DpopKey ec() {
    return ec(Curve.P_256);
  }

  public static DpopKey ec(Curve curve) {
    try {
      return new DpopKey(new ECKeyGenerator(curve).generate());
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  public static DpopKey rsa(int bits) {
    try {
      return new DpopKey(new RSAKeyGenerator(bits, true).generate());
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  public String thumbprint() {
    try {
      return key.computeThumbprint().toString();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** A valid proof for the token endpoint of a server. */
  public String proof(TestServer server, Instant now) {
    return proof(claims(server, now).build());
  }

  public static JWTClaimsSet.Builder claims(TestServer server, Instant now) {
    return new JWTClaimsSet.Builder()
        .jwtID(UUID.randomUUID().toString())
        .claim("htm", "POST")
        .claim("htu", server.origin() + Demo.TOKEN)
        .issueTime(Date.from(now));
  }

  public String proof(JWTClaimsSet claims) {
    return proof(claims, header -> header);
  }

  public String proof(JWTClaimsSet claims, UnaryOperator<JWSHeader.Builder> header) {
    JWSAlgorithm algorithm = key instanceof RSAKey ? JWSAlgorithm.RS256 : algorithm();
    return proof(claims, header, algorithm);
  }

  private JWSAlgorithm algorithm() {
    return key.toECKey().getCurve().equals(Curve.P_384) ? JWSAlgorithm.ES384 : JWSAlgorithm.ES256;
  }

  public String proof(
      JWTClaimsSet claims, UnaryOperator<JWSHeader.Builder> header, JWSAlgorithm algorithm) {
    SignedJWT jwt =
        new SignedJWT(
            header
                .apply(
                    new JWSHeader.Builder(algorithm)
                        .type(new JOSEObjectType("dpop+jwt"))
                        .jwk(key.toPublicJWK()))
                .build(),
            claims);
    try {
      jwt.sign(signer());
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
    return jwt.serialize();
  }

  public JWSSigner signer() {
    try {
      return key instanceof RSAKey rsa
          ? new RSASSASigner(rsa.toPrivateKey(), Set.of(AllowWeakRSAKey.getInstance()))
          : new ECDSASigner(key.toECKey());
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }
}
