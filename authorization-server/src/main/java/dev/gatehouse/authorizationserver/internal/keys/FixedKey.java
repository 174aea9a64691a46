package dev.gatehouse.authorizationserver.internal.keys;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import java.util.List;

/** The one key that the settings contain. */
final class FixedKey implements SigningKeys {
  private final JwtSigner signer;
  private final JWK published;

  FixedKey(ECKey key) {
    this.signer = new JwtSigner(key);
    this.published = key.toPublicJWK();
  }

  @Override
  public String sign(String type, JWTClaimsSet claims) {
    return signer.sign(type, claims);
  }

  @Override
  public List<JWK> published() {
    return List.of(published);
  }

  @Override
  public void rotate() {
    throw new IllegalStateException(
        "signingKey fixes the key; to rotate keys, write signingKeyStore instead");
  }

  @Override
  public void maintain() {}
}
