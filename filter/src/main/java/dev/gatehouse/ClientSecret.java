package dev.gatehouse;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Credentials that are the same in every request: a secret, a TLS certificate, or none at all. */
final class ClientSecret implements ClientCredentials {

  private final @Nullable ClientAuthentication authentication;
  private final Map<String, List<String>> parameters;

  private ClientSecret(
      @Nullable ClientAuthentication authentication, Map<String, List<String>> parameters) {
    this.authentication = authentication;
    this.parameters = parameters;
  }

  /** In the {@code Authorization} header, form-encoded before Base64 (RFC 6749 §2.3.1). */
  static ClientSecret basic(String clientId, String secret) {
    return new ClientSecret(
        new ClientSecretBasic(new ClientID(clientId), new Secret(secret)), Map.of());
  }

  /** In the body (RFC 6749 §2.3.1). */
  static ClientSecret post(String clientId, String secret) {
    return new ClientSecret(
        new ClientSecretPost(new ClientID(clientId), new Secret(secret)), Map.of());
  }

  /** In the TLS handshake, with only the id in the body (RFC 8705 §2). */
  static ClientSecret mutualTls(String clientId) {
    return new ClientSecret(null, Map.of("client_id", List.of(clientId)));
  }

  /** For a server that knows us by other means, such as the network. */
  static ClientSecret none() {
    return new ClientSecret(null, Map.of());
  }

  @Override
  public Prepared prepare(URI endpoint, BearerToken asked, Deadline deadline) {
    var token = new BearerAccessToken(asked.value());
    return new Prepared.Ready(
        authentication == null
            ? new TokenIntrospectionRequest(endpoint, token, parameters)
            : new TokenIntrospectionRequest(endpoint, authentication, token, parameters));
  }
}
