package dev.gatehouse.internal.clientauth;

import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Authentication by a client secret, or none. */
public final class SecretAuthentication implements ClientAuthentication {

  private final com.nimbusds.oauth2.sdk.auth.@Nullable ClientAuthentication authentication;

  private SecretAuthentication(
      com.nimbusds.oauth2.sdk.auth.@Nullable ClientAuthentication authentication) {
    this.authentication = authentication;
  }

  /** The secret in {@code Authorization}, form-encoded before Base64 (RFC 6749 §2.3.1). */
  public static SecretAuthentication basic(String clientId, String secret) {
    return new SecretAuthentication(
        new ClientSecretBasic(new ClientID(clientId), new Secret(secret)));
  }

  /** The secret in the body (RFC 6749 §2.3.1). */
  public static SecretAuthentication post(String clientId, String secret) {
    return new SecretAuthentication(
        new ClientSecretPost(new ClientID(clientId), new Secret(secret)));
  }

  /** For a server that identifies us by other means, such as the network. */
  public static SecretAuthentication none() {
    return new SecretAuthentication(null);
  }

  /** The authentication of a token request; null for {@link #none}. */
  com.nimbusds.oauth2.sdk.auth.@Nullable ClientAuthentication client() {
    return authentication;
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    return new Attempt.Succeeded<>(Authentication.of(authentication, this));
  }
}
