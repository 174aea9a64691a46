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

/** A JWT that we sign anew for each request (RFC 7523 §2.2), good for a minute and used once. */
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
   * {@code client_secret_jwt}.
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

  /** {@code private_key_jwt}. */
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
   * Signs once, to find out as soon as the key is read whether that works.
   *
   * @throws IllegalArgumentException if the key does not fit its algorithm
   */
  public AssertionAuthentication checked() {
    try {
      signer.sign(URI.create("urn:check"));
      return this;
    } catch (JOSEException | IllegalArgumentException e) {
      throw new IllegalArgumentException("can't be signed with: " + e.getMessage(), e);
    }
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    // All servers tried accept their issuer; without an issuer only the endpoint is known.
    URI audience = issuer == null ? endpoint : URI.create(issuer);
    try {
      // Spring's server requires client_id beside the assertion; Nimbus leaves it out.
      return new Attempt.Succeeded<>(
          Authentication.of(signer.sign(audience), this).withClientId(clientId.getValue()));
    } catch (JOSEException e) {
      throw new IllegalStateException("signing worked when the key was read", e);
    }
  }
}
