package dev.gatehouse.internal.clientauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.oauth2.sdk.auth.ClientSecretJWT;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Authentication by a JWT that is signed for each request and valid for a minute (RFC 7523 §2.2).
 */
public final class AssertionAuthentication implements ClientAuthentication {

  /** Signs one assertion. */
  @FunctionalInterface
  private interface Signer {
    com.nimbusds.oauth2.sdk.auth.ClientAuthentication sign(URI audience) throws JOSEException;
  }

  private final ClientID clientId;
  private final @Nullable String issuer;
  private final Signer signer;

  private AssertionAuthentication(ClientID clientId, @Nullable String issuer, Signer signer) {
    this.clientId = clientId;
    this.issuer = issuer;
    this.signer = signer;
  }

  /**
   * Authentication by {@code client_secret_jwt}.
   *
   * @param secret at least 32 bytes, RFC 7518 §3.2
   */
  public static AssertionAuthentication withSecret(
      String clientId, String secret, @Nullable String issuer) {
    ClientID id = new ClientID(clientId);
    Secret key = new Secret(secret);
    return new AssertionAuthentication(
        id, issuer, audience -> new ClientSecretJWT(id, audience, JWSAlgorithm.HS256, key));
  }

  /** Authentication by {@code private_key_jwt}. */
  public static AssertionAuthentication withKey(
      String clientId, SigningKey key, @Nullable String issuer) {
    ClientID id = new ClientID(clientId);
    return new AssertionAuthentication(
        id,
        issuer,
        audience ->
            new PrivateKeyJWT(id, audience, key.algorithm(), key.privateKey(), key.keyId(), null));
  }

  /**
   * Signs once, so that a wrong key is found when it is read.
   *
   * @throws IllegalArgumentException if the key does not fit its algorithm
   */
  public AssertionAuthentication checked() {
    try {
      signer.sign(URI.create("urn:check"));
      return this;
    } catch (JOSEException | IllegalArgumentException e) {
      throw new IllegalArgumentException("can't be used to sign: " + e.getMessage(), e);
    }
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    // All tested servers accept their issuer; without an issuer only the endpoint is known.
    URI audience = issuer == null ? endpoint : URI.create(issuer);
    try {
      // Spring's server requires client_id in addition to the assertion; Nimbus omits it.
      return new Attempt.Succeeded<>(
          Authentication.of(signer.sign(audience), this).withClientId(clientId.getValue()));
    } catch (JOSEException e) {
      throw new IllegalStateException("signing worked when the key was read", e);
    }
  }
}
