package dev.gatehouse;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * How this resource server proves who it is when it introspects (RFC 7662 §2.1, RFC 6749 §2.3.1).
 *
 * <p>Prints nothing of what it holds.
 */
final class ClientCredentials {

  private final @Nullable ClientAuthentication authentication;

  private ClientCredentials(@Nullable ClientAuthentication authentication) {
    this.authentication = authentication;
  }

  /** In the {@code Authorization} header, form-encoded before Base64. */
  static ClientCredentials basic(String clientId, String secret) {
    return new ClientCredentials(new ClientSecretBasic(new ClientID(clientId), new Secret(secret)));
  }

  /** In the body. */
  static ClientCredentials post(String clientId, String secret) {
    return new ClientCredentials(new ClientSecretPost(new ClientID(clientId), new Secret(secret)));
  }

  /** For a server that knows us by other means, such as the network. */
  static ClientCredentials none() {
    return new ClientCredentials(null);
  }

  /** The request that asks about one token. */
  TokenIntrospectionRequest introspectionRequest(URI endpoint, BearerToken token) {
    var asked = new BearerAccessToken(token.value());
    return authentication == null
        ? new TokenIntrospectionRequest(endpoint, asked)
        : new TokenIntrospectionRequest(endpoint, authentication, asked);
  }
}
