package dev.gatehouse;

import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Credentials that are the same in every request: a secret, or none at all. */
final class ClientSecret implements ClientCredentials {

  private final @Nullable ClientAuthentication authentication;

  private ClientSecret(@Nullable ClientAuthentication authentication) {
    this.authentication = authentication;
  }

  /** In the {@code Authorization} header, form-encoded before Base64 (RFC 6749 §2.3.1). */
  static ClientSecret basic(String clientId, String secret) {
    return new ClientSecret(new ClientSecretBasic(new ClientID(clientId), new Secret(secret)));
  }

  /** In the body (RFC 6749 §2.3.1). */
  static ClientSecret post(String clientId, String secret) {
    return new ClientSecret(new ClientSecretPost(new ClientID(clientId), new Secret(secret)));
  }

  /** For a server that knows us by other means, such as the network. */
  static ClientSecret none() {
    return new ClientSecret(null);
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    return new Attempt.Succeeded<>(Authentication.of(authentication, this));
  }
}
