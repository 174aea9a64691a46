package dev.gatehouse.internal.clientauth;

import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Credentials that are the same in every request: a secret, or none at all. */
public final class SecretAuthentication implements ClientAuthentication {

  private final com.nimbusds.oauth2.sdk.auth.@Nullable ClientAuthentication authentication;

  private SecretAuthentication(
      com.nimbusds.oauth2.sdk.auth.@Nullable ClientAuthentication authentication) {
    this.authentication = authentication;
  }

  /** In the {@code Authorization} header, form-encoded before Base64 (RFC 6749 §2.3.1). */
  public static SecretAuthentication basic(String clientId, String secret) {
    return new SecretAuthentication(
        new ClientSecretBasic(new ClientID(clientId), new Secret(secret)));
  }

  /** In the body (RFC 6749 §2.3.1). */
  public static SecretAuthentication post(String clientId, String secret) {
    return new SecretAuthentication(
        new ClientSecretPost(new ClientID(clientId), new Secret(secret)));
  }

  /** For a server that knows us by other means, such as the network. */
  public static SecretAuthentication none() {
    return new SecretAuthentication(null);
  }

  /** Nimbus's form of it, for token requests; null for {@link #none}. */
  com.nimbusds.oauth2.sdk.auth.@Nullable ClientAuthentication client() {
    return authentication;
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    return new Attempt.Succeeded<>(Authentication.of(authentication, this));
  }
}
