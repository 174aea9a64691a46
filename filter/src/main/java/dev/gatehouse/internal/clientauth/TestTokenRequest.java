package dev.gatehouse.internal.clientauth;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import dev.gatehouse.internal.clientauth.ClientAuthentication.Authentication;
import dev.gatehouse.internal.discovery.DiscoverableEndpoint;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import java.io.IOException;
import java.net.URI;

/**
 * Requests a test token for ourselves, whose introspection shows what the server says about its
 * tokens. Many servers issue none, because a resource server need not be a client.
 */
public final class TestTokenRequest {

  private final DiscoverableEndpoint tokenEndpoint;
  private final ClientAuthentication credentials;
  private final URI resource;
  private final BoundedHttpClient http;

  public TestTokenRequest(
      DiscoverableEndpoint tokenEndpoint,
      ClientAuthentication credentials,
      URI resource,
      BoundedHttpClient http) {
    this.tokenEndpoint = tokenEndpoint;
    this.credentials = credentials;
    this.resource = resource;
    this.http = http;
  }

  /** Requests the token. A failure has a detail for the report, without secrets. */
  public Attempt<BearerToken> run() {
    Deadline deadline = http.deadline();
    Attempt<URI> endpoint = tokenEndpoint.resolve(deadline);
    if (!(endpoint instanceof Attempt.Succeeded<URI> found)) {
      return ((Attempt.Failed<URI>) endpoint).as();
    }
    Attempt<Authentication> attempt = credentials.authenticate(found.value(), deadline);
    if (!(attempt instanceof Attempt.Succeeded<Authentication> authentication)) {
      return ((Attempt.Failed<Authentication>) attempt).as();
    }
    AccessToken ours = authentication.value().bearer();
    if (ours != null) {
      return new Attempt.Succeeded<>(new BearerToken(ours.getValue()));
    }
    com.nimbusds.oauth2.sdk.auth.ClientAuthentication client = authentication.value().client();
    return client == null
        ? none("client-auth-method has no credentials for the token endpoint")
        : fetch(found.value(), client, deadline);
  }

  private static Attempt<BearerToken> none(String why) {
    return Attempt.failed(Reason.AS_CREDENTIALS, why);
  }

  /** RFC 6749 §4.4 with RFC 8707 §2. */
  private Attempt<BearerToken> fetch(
      URI endpoint, com.nimbusds.oauth2.sdk.auth.ClientAuthentication client, Deadline deadline) {
    try {
      HTTPResponse response =
          new TokenRequest.Builder(endpoint, client, new ClientCredentialsGrant())
              .resource(resource)
              .build()
              .toHTTPRequest()
              .send(http.within(deadline));
      TokenResponse parsed = TokenResponse.parse(response);
      return parsed.indicatesSuccess()
          ? new Attempt.Succeeded<>(
              new BearerToken(parsed.toSuccessResponse().getTokens().getAccessToken().getValue()))
          : none("the token endpoint issued no token");
    } catch (IOException | ParseException e) {
      return none("the token endpoint sent no valid response");
    }
  }
}
