package dev.gatehouse;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.ClientCredentials.Prepared;
import java.io.IOException;
import java.net.URI;

/**
 * Gets one token for ourselves, to see what the server makes of its own tokens. Many servers will
 * give us none: a resource server need not be a client.
 */
final class OwnTokenProbe {

  /** What asking for it has yielded. */
  sealed interface Outcome {}

  /** Here it is. */
  record Token(BearerToken token) implements Outcome {}

  /**
   * There is none.
   *
   * @param why for a report; never a secret
   */
  record NoToken(String why) implements Outcome {}

  private static final String NEEDS_NAME = "https://gatehouse.invalid/";

  private final Endpoint tokenEndpoint;
  private final ClientCredentials credentials;
  private final URI resource;
  private final BoundedHttpClient http;

  OwnTokenProbe(
      Endpoint tokenEndpoint, ClientCredentials credentials, URI resource, BoundedHttpClient http) {
    this.tokenEndpoint = tokenEndpoint;
    this.credentials = credentials;
    this.resource = resource;
    this.http = http;
  }

  Outcome run() {
    Deadline deadline = http.deadline();
    Prepared prepared =
        credentials.prepare(URI.create(NEEDS_NAME), new BearerToken("none"), deadline);
    if (!(prepared instanceof Prepared.Ready ready)) {
      return new NoToken(((Prepared.NotNow) prepared).verdict().detail());
    }
    TokenIntrospectionRequest request = ready.request();
    if (request.getClientAuthorization() != null) {
      return new Token(new BearerToken(request.getClientAuthorization().getValue()));
    }
    if (request.getClientAuthentication() == null) {
      return new NoToken("our client-auth-method gets no token");
    }
    Endpoint.Outcome found = tokenEndpoint.find(deadline);
    return found instanceof Endpoint.Found here
        ? fetch(here.uri(), request, deadline)
        : new NoToken(((Endpoint.Missing) found).verdict().detail());
  }

  /** RFC 6749 §4.4 with RFC 8707 §2. */
  private Outcome fetch(
      URI endpoint, TokenIntrospectionRequest credentialsHolder, Deadline deadline) {
    try {
      HTTPResponse response =
          new TokenRequest.Builder(
                  endpoint,
                  credentialsHolder.getClientAuthentication(),
                  new ClientCredentialsGrant())
              .resource(resource)
              .build()
              .toHTTPRequest()
              .send(http.within(deadline));
      TokenResponse parsed = TokenResponse.parse(response);
      return parsed.indicatesSuccess()
          ? new Token(
              new BearerToken(parsed.toSuccessResponse().getTokens().getAccessToken().getValue()))
          : new NoToken("the token endpoint gives us none of our own");
    } catch (IOException | ParseException e) {
      return new NoToken("the token endpoint does not answer as it should");
    }
  }
}
