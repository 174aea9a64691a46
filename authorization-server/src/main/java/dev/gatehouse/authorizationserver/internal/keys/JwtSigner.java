package dev.gatehouse.authorizationserver.internal.keys;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;

/** Signs with one private key. Immutable and thread-safe. */
final class JwtSigner {
  private final JWK key;
  private final JWSAlgorithm algorithm;
  private final JWSSigner signer;

  JwtSigner(JWK key) {
    this.key = key;
    try {
      if (key instanceof ECKey ec) {
        this.algorithm = JWSAlgorithm.ES256;
        this.signer = new ECDSASigner(ec);
      } else if (key instanceof RSAKey rsa) {
        this.algorithm = JWSAlgorithm.RS256;
        this.signer = new RSASSASigner(rsa);
      } else {
        throw new IllegalStateException("signing key " + key.getKeyID() + " is neither EC nor RSA");
      }
    } catch (JOSEException e) {
      throw new IllegalStateException("signing key " + key.getKeyID() + " can't sign", e);
    }
  }

  String sign(String type, JWTClaimsSet claims) {
    SignedJWT jwt =
        new SignedJWT(
            new JWSHeader.Builder(algorithm)
                .type(new JOSEObjectType(type))
                .keyID(key.getKeyID())
                .build(),
            claims);
    try {
      jwt.sign(signer);
    } catch (JOSEException e) {
      throw new IllegalStateException("signing key " + key.getKeyID() + " can't sign", e);
    }
    return jwt.serialize();
  }
}
